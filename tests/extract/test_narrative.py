"""Sentences to claims: what counts a cell of the form, and what only looks like it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.narrative import measure
from extract.narrative import read_claims, sentence_claims
from extract.report import Claim, Section

A = "applications."
NO_LAWSUIT = {"lawsuit_direct.total": 0, "lawsuit_after_review.total": 0}
NO_CHALLENGE = {"review.total": 0, **NO_LAWSUIT}


def values(sentence: str, *, in_2014_form: bool = False, topic: str | None = None) -> dict[str, int | float]:
    claims, _ = sentence_claims(sentence, in_2014_form=in_2014_form, topic=topic)
    return {
        claim.code.replace(".total", "") if claim.code.startswith(A) else claim.code: claim.value for claim in claims
    }


def received(number: int, **others: int) -> dict[str, int]:
    return {A + "received": number, **{A + name: value for name, value in others.items()}}


STATED = [
    # counts in every wording
    ("我局全年共收到政府信息公开申请15件。", received(15)),
    ("本年度新收依申请公开26件，办结25件，结转下年度1件。", received(26, concluded=25, carried_out=1)),
    ("2023年受理公开申请41宗，答复40宗，1宗转入2024年。", received(41, concluded=40, carried_out=1)),
    ("全年收到8份公开申请，均在法定期限内答复。", received(8, concluded=8)),
    ("镇政府收到申请3起，已依法办结。", received(3, concluded=3)),
    ("收到和办理公开申请6件。", received(6, concluded=6)),
    ("去年结转公开申请4件，当年新收30件，共办结33件。", {A + "carried_in": 4, A + "received": 30, A + "concluded": 33}),
    ("政府信息公开申请0件。", received(0)),
    ("共接收公开申请7件（全部为自然人）。", received(7, **{"received.natural": 7})),
    ("受理申请12件，自然人9件，商业企业2件，法律服务机构1件。",
     received(12, **{"received.natural": 9, "received.company": 2, "received.legal": 1})),
    ("收到书面申请5件，全部答复。", received(5, concluded=5)),
    ("今年收到公开申请3件，均予以公开。", received(3, granted=3)),
    ("收到公开申请18件，其中以自然人名义申请15件，以法人名义申请3件。", received(18, **{"received.natural": 15})),
    ("主动公开信息20条，依申请公开0件。", received(0)),
    # Chinese numerals, grouped digits, blanks
    ("全年收到公开申请两件。", received(2)),
    ("收到政府信息公开申请一百二十三件。", received(123)),
    ("新收政府信息公开申请1,204件。", received(1204)),
    ("全年收到公开申请 35 件，办 结 34 件。", received(35, concluded=34)),
    ("收到公开申请１２件。", received(12)),
    # traditional characters, with hints
    ("全年共收到政府信息公開申請15件，辦結14件，結轉下年1件。", received(15, concluded=14, carried_out=1)),
    ("共收到政府信息公開(kāi)申請(qǐng)兩件。", received(2)),
    ("未發生因信息公開引起的行政訴訟。", NO_LAWSUIT),
    ("制定規範性檔案3件，廢止1件。", {"normative.made": 3, "normative.repealed": 1}),
    # with the carry-over, or without
    ("共受理公开申请50件（新收46，结转4）。",
     {"group:received_plus_carried_in": 50, A + "received": 46, A + "carried_in": 4}),
    ("本年度收到申请33件，其中上年结转2件。", {"group:received_plus_carried_in": 33, A + "carried_in": 2}),
    ("办理公开申请70件（含上年7件），办结68件。",
     {"group:received_plus_carried_in": 70, A + "carried_in": 7, A + "concluded": 68}),
    ("全年受理申请90件（不含上年结转3件）。", received(90, carried_in=3)),
    ("收到申请60件（含上年结转5件），办结63件，结转下年2件。", received(60, carried_in=5, concluded=63, carried_out=2)),
    ("收到申请18件，办结16件，结转2件。", received(18, concluded=16, carried_out=2)),
    ("受理申请22件，其中结转2022年的2件，2023年新收20件。",
     {"group:received_plus_carried_in": 22, A + "carried_in": 2, A + "received": 20}),
    ("共受理申请40件：新收37件，上年结转3件。",
     {"group:received_plus_carried_in": 40, A + "received": 37, A + "carried_in": 3}),
    ("全年受理申请25件（其中23件为当年受理，2件为去年转入）。",
     {"group:received_plus_carried_in": 25, A + "received": 23, A + "carried_in": 2}),
    ("与上年度的23件相比，今年收到申请30件。", received(30)),
    ("依申请公开件共计6件，已办结5件。", received(6, concluded=5)),
    ("收到申请49件，转结上年度2件，办结51件。", received(49, carried_in=2, concluded=51)),
    ("在31件申请中，予以公开12件，占38.7%；不予公开2件。", {A + "granted": 12, "group:refused": 2}),
    ("依申请公开：新收31件，结转上年2件，办结30件。", received(31, carried_in=2, concluded=30)),
    ("共收公开申请88件（上年度结转6件，结转下年度4件）。", received(88, carried_in=6, carried_out=4)),
    # outcomes
    ("收到申请20件，予以公开9件，部分公开4件，不予公开3件，无法提供2件，不予处理1件，其他处理1件。",
     received(20, granted=9, partly_granted=4, other=1)
     | {"group:refused": 3, "group:unavailable": 2, "group:not_processed": 1}),
    ("收到申请4件，2件予以公开，1件不予公开，1件部分公开。",
     received(4, granted=2, partly_granted=1) | {"group:refused": 1}),
    ("办结12件中公开8件、部分公开3件、不予公开1件。",
     {A + "concluded": 12, A + "granted": 8, A + "partly_granted": 3, "group:refused": 1}),
    ("收到申请9件，公开和部分公开6件。", received(9) | {"group:granted_plus_partly": 6}),
    ("答复申请5件，其中涉及国家秘密1件，本机关不掌握2件，重复申请2件。",
     {A + "concluded": 5, A + "refused.state_secret": 1, A + "unavailable.not_held": 2, A + "not_processed.repeat": 2}),
    # 各, 分别, 一 for several
    ("因信息公开引起的复议、诉讼各2件。", {"review.total": 2, "group:lawsuits": 2}),
    ("新收和结转申请分别为20件和3件。", {A + "received": 20, A + "carried_in": 3}),
    ("行政许可、行政处罚、行政强制处理决定分别为31件、7件和2件。",
     {"permits.decisions": 31, "penalties.decisions": 7, "coercion.decisions": 2}),
    ("被申请行政复议、提起行政诉讼0件。", NO_CHALLENGE),
    ("行政复议和行政诉讼均为0件。", NO_CHALLENGE),
    # challenges
    ("因政府信息公开被申请复议6件，其中维持4件、纠正1件、尚未审结1件。",
     {"review.total": 6, "review.upheld": 4, "review.corrected": 1, "review.pending": 1}),
    ("政府信息公开行政复议3件，均维持。", {"review.total": 3, "review.upheld": 3}),
    ("行政复议案件3件，其中纠正1件、未审结1件。",
     {"review.total": 3, "review.corrected": 1, "review.pending": 1}),
    ("因信息公开被复议1件，结果为维持。", {"review.total": 1, "review.upheld": 1}),
    ("未经复议直接起诉2件，复议后起诉5件。", {"lawsuit_direct.total": 2, "lawsuit_after_review.total": 5}),
    ("信息公开类诉讼4件：维持3、其他结果1。",
     {"group:lawsuits": 4, "group:lawsuits.upheld": 3, "group:lawsuits.other": 1}),
    # documents and money
    ("出台行政规范性文件6件，废止2件，现行有效31件。",
     {"normative.made": 6, "normative.repealed": 2, "normative.in_force": 31}),
    ("制定3件，废止1件，现行有效行政规范性文件9件。",
     {"normative.made": 3, "normative.repealed": 1, "normative.in_force": 9}),
    ("全年公布政府规章2部、规范性文件7件。", {"rules.made": 2, "normative.made": 7}),
    ("全市对外公开规章40件。", {"rules.public_total": 40}),
    ("作出行政许可决定140件，行政处罚决定12件，行政强制决定1件。",
     {"permits.decisions": 140, "penalties.decisions": 12, "coercion.decisions": 1}),
    ("废止规章1部，现行有效规章12部。", {"rules.repealed": 1, "rules.in_force": 12}),
    ("我局没有制定规范性文件。", {"normative.made": 0}),
    ("收取行政事业性收费36.5万元。", {"fees.amount": 36.5}),
    # nothing happened
    ("本年度未收到政府信息公开申请。", received(0)),
    ("全年没有接到依申请公开事项。", received(0)),
    ("无公民、法人和其他组织提出公开申请。", received(0)),
    ("没有人向我镇申请公开政府信息。", received(0)),
    ("没有因政府信息公开申请引起的行政复议和行政诉讼。", NO_CHALLENGE),
    ("未发生一起因政府信息公开被提起行政诉讼的案件。", NO_LAWSUIT),
    ("不存在因信息公开引起的行政复议情况。", {"review.total": 0}),
    ("既没有收到公开申请，也没有发生复议诉讼。", received(0) | NO_CHALLENGE),
    ("信息公开申请数量为零。", received(0)),
    ("本年度无新收申请，上年结转0件。", received(0, carried_in=0)),
    ("没有复议被纠错的案件。", {"review.corrected": 0}),
]  # fmt: skip

NOTHING = [
    # items published
    "全年主动公开政府信息1320条。",
    "门户网站发布信息860条，公众号推送420条。",
    "公开规范性文件信息9条，政策解读12条。",
    "全年公开152条，其中规范性文件3、财政信息8、人事信息6。",
    "网站发布政策文件36件，公告80件。",
    "主动公开文件75份。",
    "依申请公开目录12项。",
    "历年累计公开9800条。",
    # how the agency marks its documents
    "制作公文230件，其中主动公开100件，依申请公开12件，不予公开118件。",
    "制发文件90件，不予公开41件。",
    # decisions that are published, power lists
    "公示行政许可300条、行政处罚41条。",
    "双公示行政许可信息55件。",
    "权责清单列明许可14项、处罚203项、强制9项。",
    # other people's business
    "12345热线受理工单830件，办结829件。",
    "区长信箱收到来信77件，答复77件。",
    "办理人大建议12件、政协提案20件，全部办结。",
    "受理咨询2021件，答复2021件。",
    "受理投诉举报31件，办结30件。",
    "自然人办件量90210件，法人办件量4410件。",
    "窗口受理申请事项的咨询15次。",
    "因具体行政行为被诉3起。",
    "受理行政复议案件120件，审结112件。",
    "办理困难补贴申请56件。",
    # shares, comparisons, dates, ordinals
    "申请办结率100%。",
    "较2022年（31件）下降29%。",
    "公开申请量比上年增加5件。",
    "公开申请数量同比减少12件。",
    "根据第二十条第3项和〔2021〕30号文件的要求。",
    "2023年1月1日至12月31日。",
    "一是健全制度，二是加强公开申请的办理。",
    # one number or two
    "收到公开申请1 2件。",
    "收到行政复议、诉讼共5件。",
    "信息公开行政诉讼一审2件、二审1件。",
    "以县政府名义制发规范性文件2件，以县政府办名义制发规范性文件3件。",
    # other years, and parts that are named by their subject
    "去年收到申请9件。",
    "收到申请由2022年的12件增加到15件。",
    "受理申请较上年的12件增加3件。",
    "其中涉及征地补偿的申请10件，占比50%。",
    "申请主要集中在征地拆迁（12件）、工程建设（3件）等领域。",
    "向36名申请人作出答复。",
    "法律顾问参与办理公开申请5件。",
    "办理依申请公开事项2项。",
    "撤销行政处罚决定1件。",
    "通过网络收到申请4件，通过信函收到申请2件。",
    # denials that narrow the thing denied, wishes, conditions
    "没有逾期未答复的公开申请。",
    "未发生重大公开申请舆情。",
    "确保不发生因信息公开引起的行政诉讼。",
    "如未收到公开申请，应填写0。",
    "无法提供公开申请的纸质材料。",
    "没有收到要求补正的申请。",
    "未收取任何费用。",
    "没有依申请公开情况。",
]

STATED_2014 = [
    ("全年主动公开政府信息420条。", {"stat.proactive.items": 420}),
    ("2013年度主动公开的政府信息有66条。", {"stat.proactive.items": 66}),
    ("通过政府门户网站公开政府信息310条，政务微博公开25条，政务微信公开18条。",
     {"stat.channel.website": 310, "stat.channel.weibo": 25, "stat.channel.wechat": 18}),
    ("收到公开申请10件，其中当面申请2件、网络申请5件、信函申请3件。",
     {"stat.requests.received": 10, "stat.requests.in_person": 2, "stat.requests.online": 5,
      "stat.requests.letter": 3}),
    ("收到申请5件，办结5件，其中按时办结4件、延期办结1件。",
     {"stat.requests.received": 5, "stat.requests.concluded": 5, "stat.requests.concluded_on_time": 4,
      "stat.requests.concluded_extended": 1}),
    ("收到公开申请6件，答复6件，其中同意公开3件、信息不存在2件、告知其他途径1件。",
     {"stat.requests.received": 6, "stat.replies.total": 6, "stat.replies.granted": 3,
      "stat.replies.does_not_exist": 2, "stat.replies.other_channel": 1}),
    ("配备信息公开专职人员2名、兼职人员14名，设立查阅点3个。",
     {"stat.capacity.staff_full_time": 2, "stat.capacity.staff_part_time": 14, "stat.capacity.reading_points": 3}),
    ("举办政府信息公开培训班两期，培训150人次。", {"stat.training.courses": 2, "stat.training.people": 150}),
    ("没有发生政府信息公开方面的行政复议和行政诉讼。", {"stat.review.total": 0, "stat.lawsuit.total": 0}),
    ("全年没有收费，也没有减免。", {"stat.fees_collected.amount": 0}),
    ("其中规范性文件类信息11条，人事信息4条。", {"stat.proactive.normative_disclosed": 11}),
    ("制作信息200条，其中主动公开150条，不予公开50条。", {"stat.proactive.items": 150}),
    ("开展在线访谈3次，召开新闻发布会5次。", {"stat.response.interviews": 3, "stat.response.press_conferences": 5}),
    ("截至2013年底，累计主动公开政府信息560条，其中2013年新增120条。", {"stat.proactive.items": 120}),
    ("答复申请5件，其中属于已主动公开范围2件。", {"stat.replies.total": 5, "stat.replies.already_public": 2}),
    ("不存在收费及减免的情况。", {"stat.fees_collected.amount": 0}),
    ("通过网站、公开栏公开信息200条。", {}),
    ("参加业务培训2次，参训15人。", {}),
    ("微博、微信发布信息330条。", {}),
    ("业务动态类信息55条，占60%。", {}),
    ("向上级报送信息73条，采用41条。", {}),
    ("网上问政答复12件。", {}),
    ("收到申请2件，已按时办理并答复。", {"stat.requests.received": 2}),
]  # fmt: skip


@pytest.mark.parametrize(("sentence", "expected"), STATED)
def test_figures_of_the_forms_since_2019(sentence: str, expected: dict[str, int]) -> None:
    assert values(sentence) == expected


@pytest.mark.parametrize(("sentence", "expected"), STATED_2014)
def test_figures_of_the_form_of_2014(sentence: str, expected: dict[str, int]) -> None:
    assert values(sentence, in_2014_form=True) == expected


@pytest.mark.parametrize("sentence", NOTHING)
def test_figures_that_are_of_no_cell(sentence: str) -> None:
    assert values(sentence) == {}


@pytest.mark.parametrize("word", ["近{}件", "约{}件", "{}余件", "{}多件", "超过{}件", "{}件左右"])
def test_words_that_make_a_figure_approximate(word: str) -> None:
    (claim,) = sentence_claims(f"收到公开申请{word.format(120)}。")[0]
    assert (claim.value, claim.approximate) == (120, True)


@pytest.mark.parametrize(
    ("sentence", "scope"),
    [
        ("全区收到公开申请9件。", "area"),
        ("全市收到公开申请9件。", "city"),
        ("县政府办公室收到公开申请9件。", "office"),
        ("截至年底累计收到公开申请9件。", "cumulative"),
        ("今年以来收到公开申请9件。", None),
        ("收到公开申请9件（新收9件）。", None),
        ("收到公开申请9件（新收8件，上年结转1件）。", "with_carry_over"),
    ],
)
def test_the_scope_that_a_sentence_states(sentence: str, scope: str | None) -> None:
    assert sentence_claims(sentence)[0][0].scope == scope


def test_a_part_of_a_total_is_not_taken_for_the_total() -> None:
    assert values("全县收到公开申请95件，其中县政府办公室收到17件。") == received(95)


def test_what_a_sentence_leaves_out_is_said_by_the_text_before_it() -> None:
    text = (
        "（二）依申请公开情况。2023年收到20件。其中，自然人18件。办结19件。\n（三）政府信息管理。收到30件，办结30件。"
    )
    claims = read_claims([Section("一、总体情况", text)], form="2021")
    assert [(claim.code, claim.value) for claim in claims] == [
        ("applications.received.total", 20),
        ("applications.received.natural", 18),
        ("applications.concluded.total", 19),
    ]
    assert {claim.section for claim in claims} == {"一、总体情况"}
    assert claims[0].text == "2023年收到20件。"


def test_another_year_is_left_out_where_the_year_is_known() -> None:
    claims, _ = sentence_claims("2022年收到申请12件，2023年收到申请15件。", year=2023)
    assert [claim.value for claim in claims] == [15]
    assert sentence_claims("2022年收到申请12件，2023年收到申请15件。")[0] == []


def test_the_year_tells_the_quantities_where_no_table_does() -> None:
    section = Section("三、依申请公开情况", "收到公开申请3件。")
    codes = [[c.code for c in read_claims([section], form=form, year=2013)] for form in (None, "2014", "2019")]
    assert codes == [["stat.requests.received"], ["stat.requests.received"], ["applications.received.total"]]


WORDS = st.sampled_from(
    [*"，。；：（）、0123456789%年月件条万余约", "收到", "申请", "公开", "不予公开", "办结", "结转", "上年", "下年",
     "行政复议", "行政诉讼", "没有", "未", "分别为", "各", "均", "规范性文件", "制定", "其中", "含", "新收",
     "自然人", "两", "一百", " "]
)  # fmt: skip


@given(st.lists(WORDS, max_size=40).map("".join), st.booleans())
def test_no_claim_has_a_figure_that_its_sentence_does_not_hold(sentence: str, in_2014_form: bool) -> None:
    for claim in sentence_claims(sentence, in_2014_form=in_2014_form)[0]:
        assert claim.value == 0 or _is_in(claim, sentence)


def _is_in(claim: Claim, sentence: str) -> bool:
    digits = str(claim.value).replace(".", "").strip("0")
    chinese = {"1": "一", "2": "两"}
    return digits in sentence.replace(" ", "") or chinese.get(digits, "\n") in sentence


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_crash(text: str) -> None:
    read_claims([Section(text[:20], text)])


def test_claims_of_real_sentences(samples: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = {row.name: row for row in measure(samples)}
    with capsys.disabled():
        print("", *(row.line() for row in rows.values()), sep="\n")
    assert rows["claims found that are right (precision)"].share >= 0.98
    assert rows["claims stated that are found (recall)"].share >= 0.85
    assert rows["sentences without a claim that give none"].share >= 0.98
