"""Statements that something did not happen: 未收到申请, 没有发生行政复议. Pure functions on text."""

import re

from extract.wording import wording

_REVIEW = re.compile(r"复议")
_LAWSUIT = re.compile(r"诉讼|起诉|被诉|应诉")
_CORRECTED = re.compile(r"纠正|纠错|撤销|败诉")
_APPLICATION = re.compile(r"依?申请(?!人(?!申请)|.{0,2}复议|书|表|行政)|要求(?:我?[^，]{0,8})?公开")
_CAUSE = re.compile(r"(?:因|由于|由|对|就|针对|围绕|涉及|关于|基于).*?(?:引起|引发|产生|导致|造成|而)")
_RECEIPT = re.compile(
    r"^(?:也|有|再)?(?:收到|接到|接收|受理|新?收|发生|产生|出现|人|任何|一|单位|公民|公众|群众|企业|依申请|政府信息|信息公开|公开|申请|相关|其他|处理)"
)
_JOINED = re.compile(
    r"(?!因|由|被|对|就|与|针对|涉|关于|围绕|基于)[^，]{0,18}(?<!复议)申请(?:公开)?(?:和|、|及|与|或|以及|也|，)"
)
_ONLY_KIND = re.compile(r"(?:发生|产生|有)?依申请公开(?:政府)?(?:信息)?的?(?:情况|情形|工作)")
"""No information of the kind that is disclosed on application: perhaps no applications, perhaps not."""
_ABOUT_APPLICATIONS = re.compile(r"申请(?!.*申请)(?!公开|信息|政府|[^，]{0,8}公开)[^，]{1,12}$")
_OPENNESS = re.compile(r"信息|公开")
_TAILS = re.compile(r"(?:的)?(?:情况|情形|案件|事项|现象|行为|问题|事件|记录|发生|出现|产生|工作)+$")
_FEES = re.compile(r"收费|费用|收取")
_ISSUED = "有?新?(?:制定|制发|出台|印发|发布)+"
_DOCUMENTS = {
    "rules.made": re.compile(rf"^{_ISSUED}.{{0,10}}规章(?!制度)"),
    "normative.made": re.compile(rf"^{_ISSUED}(?:.{{0,6}}规章(?:和|或|、|及|与|以及))?(?:行政)?规范性文件"),
}
_REPEALED = re.compile(r"^(?:予以|宣布)?(?:废止|失效)(?:件|文件|情况|(?:任何)?(?:行政)?规范性文件|规章)?$")
_COMPLAINT = re.compile(r"举报|投诉")
_CELLS = {
    "applications.carried_in.total": re.compile(r"上一?年度?.{0,6}(?:结转|转)|结转上年"),
    "applications.carried_out.total": re.compile(r"(?:结转|转)(?:至|到|入)?(?:下|次|明)|(?:下|次|明)一?年度?的?结转"),
    "group:refused": re.compile(r"不予公开|不公开"),
    "applications.concluded.total": re.compile(r"^办结(?:件|申请|案件|事项)?$"),
}
_NAMED_BEFORE = re.compile(r"(?:复议|诉讼)$")
"""行政复议零申请: what is denied stands before."""
_LONGEST_REST = 60


def never_happened(clause: str, topic: str | None, *, in_2014_form: bool) -> tuple[str, ...]:
    """Codes of the cells that a clause without a number says are 0; none unless it says so without reserve.

    ``topic`` is what the clause, or the text before it, is about. Clauses that narrow the thing denied (没有逾期的申请)
    say nothing about all of it.
    """
    words = wording().zero
    negation = words.negation.search(clause)
    if negation is None or words.hypothetical.search(clause):
        return ()
    rest = clause[negation.end() :]
    if negation[0] == "零" and (named := _NAMED_BEFORE.search(clause[: negation.start()])):
        rest = named[0] + rest
    if len(rest) > _LONGEST_REST:
        return ()
    if _CORRECTED.search(rest):
        of = rest if _REVIEW.search(rest) or _LAWSUIT.search(rest) else clause[: negation.start()]
        return () if in_2014_form else _corrected(of)
    if words.qualified.search(_CAUSE.sub("", rest)):
        return ()
    challenges = _challenges(rest, in_2014_form)
    if challenges:
        return (*_received_too(rest, in_2014_form), *challenges)
    return _application_cells(rest, clause, topic, in_2014_form) or _other_cells(rest, topic, in_2014_form)


def _challenges(rest: str, in_2014_form: bool) -> tuple[str, ...]:
    review, lawsuit = _REVIEW.search(rest), _LAWSUIT.search(rest)
    if in_2014_form:
        denied = ("stat.review.total",) * bool(review) + ("stat.lawsuit.total",) * bool(lawsuit)
        return denied + ("stat.complaints.total",) * bool(denied and _COMPLAINT.search(rest))
    return ("review.total",) * bool(review) + ("group:lawsuits",) * bool(lawsuit)


def _corrected(rest: str) -> tuple[str, ...]:
    codes = ("review.corrected",) * bool(_REVIEW.search(rest))
    return codes + ("group:lawsuits.corrected",) * bool(_LAWSUIT.search(rest))


def _received_too(rest: str, in_2014_form: bool) -> tuple[str, ...]:
    """没有收到申请和行政复议: both are denied, while in 没有因申请引起的复议 only the second is."""
    plain = re.sub(r"申请.{0,2}复议|(?:申请|提起|提出)(?=行政)", "", rest)
    if _JOINED.match(plain) is None:
        return ()
    return ("stat.requests.received",) if in_2014_form else ("applications.received.total",)


def _application_cells(rest: str, clause: str, topic: str | None, in_2014_form: bool) -> tuple[str, ...]:
    is_about = topic in ("applications", "weak")
    if not in_2014_form and is_about and (cell := next((c for c, words in _CELLS.items() if words.search(rest)), "")):
        return (cell,)
    if _FEES.search(rest):
        return ()
    received = ("stat.requests.received",) if in_2014_form else ("applications.received.total",)
    if _JOINED.match(rest) and _RECEIPT.match(rest) and (is_about or _OPENNESS.search(clause)):
        return received
    thing = _TAILS.sub("", rest)
    thing = thing.rsplit("的", 1)[-1] if _APPLICATION.search(thing.rsplit("的", 1)[-1]) else thing
    if _ONLY_KIND.fullmatch(rest) or _APPLICATION.search(thing) is None or not (is_about or _OPENNESS.search(clause)):
        return ()
    if _RECEIPT.match(rest) is None or _ABOUT_APPLICATIONS.search(thing):
        return ()
    return received


def _other_cells(rest: str, topic: str | None, in_2014_form: bool) -> tuple[str, ...]:
    if in_2014_form:
        complaints = _COMPLAINT.search(rest) and "信息公开" in rest and "信访" not in rest
        return ("stat.fees_collected.amount",) if _FEES.search(rest) else ("stat.complaints.total",) * bool(complaints)
    if topic in ("rules", "normative") and _REPEALED.match(rest):
        return (f"{topic}.repealed",)
    return tuple(code for code, words in _DOCUMENTS.items() if words.search(rest))
