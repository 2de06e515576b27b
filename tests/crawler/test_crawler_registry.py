"""The registry names every problem with file and line; the shipped portals load."""

from pathlib import Path

import pytest
from scrapy.settings import Settings
from scrapy.spiderloader import SpiderLoader

from crawler.errors import RegistryError
from crawler.registry import host_of, known_platforms, load_portals
from crawler.session import SHIPPED, portal_folders
from extract.divisions import divisions

GOOD = """\
- key: panyu
  name: 广州市番禺区
  base_url: http://www.panyu.gov.cn
  platform: gd_nfcms
  column_url: http://www.panyu.gov.cn/zwgk/zfxxgkndbg/
"""

_LEVELS = {
    "province": {"province"},
    "city": {"city", "province"},  # 上海市
    "district": {"county", "city"},
    "county": {"county"},
    "town": {"town"},
}


def problems(*folders: Path) -> list[str]:
    with pytest.raises(RegistryError) as caught:
        load_portals(*folders)
    return caught.value.problems


def test_shipped_portals_load() -> None:
    portals = load_portals(SHIPPED)
    assert len(portals) == 232
    assert portals["panyu"].division_code == "440113"
    assert portals["panyu"].pace == 2.0
    assert portals["panyu"].must_have_results
    assert not portals["gkmlpt_gz"].must_have_results
    assert all(portal.verified_on is None for portal in portals.values())
    assert all(host_of(portal.base_url).endswith(".gov.cn") for portal in portals.values())
    assert not any(portal.allow_private for portal in portals.values())
    assert all(portal.column_url or portal.platform == "gkmlpt" for portal in portals.values() if portal.enabled)
    assert all(portal.note for portal in portals.values() if not portal.enabled)


def test_panyu_comes_first_in_its_province() -> None:
    assert (SHIPPED / "guangdong.yaml").read_text(encoding="utf-8").split("- key: ")[1].startswith("panyu\n")


def test_division_codes_are_those_of_the_portals_places() -> None:
    for portal in load_portals(SHIPPED).values():
        if portal.division_code is None:
            continue
        division = divisions()[portal.division_code]
        assert any(name in portal.name for name in division.names), portal.key
        assert division.level in _LEVELS[portal.level or ""], portal.key
        above = division.parents[-1].name if division.parents else division.name
        assert above.startswith(portal.province or "?"), portal.key


def test_platforms_are_the_spiders_that_scrapy_finds() -> None:
    loader = SpiderLoader.from_settings(Settings({"SPIDER_MODULES": ["crawler.spiders"]}))
    assert tuple(sorted(loader.list())) == known_platforms()


def test_every_problem_of_every_file_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        GOOD
        + """\
- key: second
  name: 某区
  base_url: ftp://www.example.gov.cn
  plaform: trs
  platform: wordpress
- name: without key
  base_url: http://www.example.gov.cn
  platform: gkmlpt
  pace: -1
- just text
""",
        encoding="utf-8",
    )
    (tmp_path / "b.yaml").write_text("key: [unclosed\n", encoding="utf-8")
    (tmp_path / "c.yaml").write_text("key: panyu\n", encoding="utf-8")
    found = problems(tmp_path)
    a, b, c = (tmp_path / f"{name}.yaml" for name in "abc")
    assert any(p.startswith(f"{a}:8: portal 'second': base_url") and "http://" in p for p in found)
    assert f"{a}:9: portal 'second': unknown field 'plaform'; write 'platform'" in found
    assert any(p.startswith(f"{a}:10: portal 'second': platform 'wordpress'") and "gd_nfcms" in p for p in found)
    assert f"{a}:11: field 'key' is missing; add 'key: …'" in found
    assert any(p.startswith(f"{a}:14: pace -1") for p in found)
    assert any(p.startswith(f"{a}:15: write an entry of fields") for p in found)
    assert any(p.startswith(f"{b}:2: not YAML") for p in found)
    assert any(p.startswith(f"{c}:1: write a list") for p in found)


def test_a_key_that_is_taken_is_not_replaced_silently(tmp_path: Path) -> None:
    first, second = tmp_path / "shipped", tmp_path / "own"
    for folder in (first, second):
        folder.mkdir()
        (folder / "portals.yaml").write_text(GOOD, encoding="utf-8")
    assert problems(first, second) == [
        f"{second / 'portals.yaml'}:1: key 'panyu' is already that of {first / 'portals.yaml'}:1; write another key"
    ]


def test_a_column_that_is_registered_is_not_crawled_twice(tmp_path: Path) -> None:
    entry = (
        "- {{key: {}, name: 某区, base_url: 'http://x.gov.cn', platform: trs, column_url: 'http://x.gov.cn/nb{}'}}\n"
    )
    (tmp_path / "a.yaml").write_text(entry.format("first", "/") + entry.format("second", ""), encoding="utf-8")
    place = f"{tmp_path / 'a.yaml'}"
    [problem] = problems(tmp_path)
    assert problem.startswith(f"{place}:2: column_url http://x.gov.cn/nb is already that of portal 'first', {place}:1")


def test_a_code_of_no_division_and_a_file_of_another_name_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD + "  division_code: '999999'\n", encoding="utf-8")
    (tmp_path / "e.yml").write_text(GOOD, encoding="utf-8")
    code, name = problems(tmp_path)
    assert "division_code '999999': no division has this code" in code
    assert name == f"{tmp_path / 'e.yml'}:1: not read; name the file e.yaml"


def test_a_field_twice_in_an_entry_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD + "  name: 另一个\n", encoding="utf-8")
    assert problems(tmp_path) == [f"{tmp_path / 'a.yaml'}:6: field 'name' stands twice in one entry; keep one"]


@pytest.mark.parametrize(
    ("column", "words"),
    [("", "column_url is missing"), ("  column_url: http://www.other.gov.cn/nb/\n", "on the host of base_url")],
)
def test_a_column_must_be_there_and_on_the_portals_host(tmp_path: Path, column: str, words: str) -> None:
    entry = "".join(line for line in GOOD.splitlines(keepends=True) if "column_url" not in line) + column
    (tmp_path / "a.yaml").write_text(entry, encoding="utf-8")
    (found,) = problems(tmp_path)
    assert found.startswith(f"{tmp_path / 'a.yaml'}:1: portal 'panyu': ")
    assert words in found


def test_a_portal_whose_column_is_not_known_yet_is_not_enabled(tmp_path: Path) -> None:
    entry = "".join(line for line in GOOD.splitlines(keepends=True) if "column_url" not in line)
    (tmp_path / "a.yaml").write_text(entry + "  enabled: false\n", encoding="utf-8")
    portal = load_portals(tmp_path)["panyu"]
    assert (portal.column_url, portal.enabled) == (None, False)


def test_a_folder_that_is_not_there_holds_no_portals(tmp_path: Path) -> None:
    assert load_portals(tmp_path / "none") == {}
    assert portal_folders(tmp_path) == (SHIPPED, tmp_path / "portals")
    assert portal_folders(SHIPPED.parent) == (SHIPPED,)
