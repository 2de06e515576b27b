"""The documents say what is there: commands, links, rules; and both READMEs say the same."""

import ast
import re
import shlex
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from crawler.registry import known_platforms
from extract import read_file
from nianbao.cli import main
from validate import all_history_rules, all_rules, check

ROOT = Path(__file__).parents[2]
READMES = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.zh-CN.md")}
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
READING = (ROOT / "docs" / "reading-a-report.md").read_text(encoding="utf-8")

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")


def blocks(text: str, language: str | None = None) -> list[str]:
    return [body for found, body in FENCE.findall(text) if language in (None, found)]


def prose(text: str) -> str:
    return FENCE.sub("", text)


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def commands(text: str) -> Iterator[list[str]]:
    """Every call of nianbao in a shell block, as words after ``nianbao``."""
    for block in blocks(text, "sh") + blocks(text, "cron"):
        for line in block.splitlines():
            match = re.search(r"(?:^|&& .*?bin/)nianbao (.*)", line)
            if match:
                yield shlex.split(match[1].partition(" | ")[0], comments=True)


def stems(text: str) -> list[str]:
    """Shell blocks without their comments, which are in the reader's language."""
    return [re.sub(r" +# .*", "", block) for block in blocks(text)]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_the_commands_that_are_shown_exist_and_take_these_options(path: Path) -> None:
    for words in commands(path.read_text(encoding="utf-8")):
        command = main.commands[words[0]]
        with command.make_context(words[0], words[1:], resilient_parsing=False) as context:
            assert context.info_name == words[0]
        assert CliRunner().invoke(main, [words[0], "--help"]).exit_code == 0


def test_a_command_or_option_that_does_not_exist_would_be_noticed() -> None:
    ((name, *words),) = commands("```sh\nnianbao flags --colour red   # nonsense\n```")
    with pytest.raises(click.UsageError, match="colour"):
        main.commands[name].make_context(name, words)


@pytest.mark.parametrize("name", READMES)
def test_the_readme_mentions_every_command_and_make_target(name: str) -> None:
    text = READMES[name]
    for command in main.commands:
        if command != "demo":
            assert re.search(rf"\bnianbao {command}\b", text), command
    targets = set(re.findall(r"^(\w+):.*##", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert set(re.findall(r"^make (\w+)", "\n".join(blocks(text, "sh")), re.MULTILINE)) == targets - {"lint", "clean"}


def test_both_readmes_show_the_same() -> None:
    english, chinese = READMES.values()
    levels = [re.findall(r"^#+(?= )", prose(text), re.MULTILINE) for text in (english, chinese)]
    assert levels[0] == levels[1]
    assert stems(english) == stems(chinese)
    targets = [
        sorted(link for link in LINK.findall(text) if not link.startswith(("README", "#")))
        for text in (english, chinese)
    ]
    assert targets[0] == targets[1]
    codes = [sorted(set(re.findall(r"`(--?[\w-]+|\w+\.\w+|\w+/)`", prose(text)))) for text in (english, chinese)]
    assert codes[0] == codes[1]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for link in LINK.findall(prose(text)):
        target, _, fragment = link.partition("#")
        if target.startswith(("http://", "https://")):
            continue
        there = (path.parent / target) if target else path
        assert there.exists(), f"{path.name} links {link}"
        if fragment:
            headings = re.findall(r"^#+ (.*)", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in map(anchor, headings), f"{path.name} links {link}"


def findings_in_code() -> dict[str, set[str]]:
    """Rule id to the severities of its findings, from the rules and from every ``Finding(…)`` outside them."""
    found = {rule.id: {rule.severity} for rule in (*all_rules(), *all_history_rules())}
    for path in [path for room in ("extract", "archive", "nianbao") for path in (ROOT / room).rglob("*.py")]:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Finding":
                rule, severity = call.args[:2]
                if isinstance(rule, ast.Constant):  # a finding read back from the database names no rule of its own
                    severities = [part.value for part in ast.walk(severity) if isinstance(part, ast.Constant)]
                    found.setdefault(str(rule.value), set()).update(str(value) for value in severities if value)
    return found


def test_every_rule_is_explained_with_its_severity() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| ([\w, ]+) \| ([^|]+) \| ([^|]+) \|$", READING, re.MULTILINE)
    assert len(rows) == len({row[0] for row in rows})
    assert {rule: set(severity.split(", ")) for rule, severity, _, _ in rows} == findings_in_code()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_documents_name_no_place_of_the_machine_they_were_written_on(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert re.search(r"/work\b|/root\b|/tmp\b|shared/|\.library|file://", text) is None


def test_the_example_of_the_readme_gives_what_the_readme_shows(tmp_path: Path) -> None:
    (script,) = (block for block in blocks(READMES["README.md"], "sh") if "<<'END'" in block)
    page = tmp_path / "report.html"
    page.write_text(script.partition("<<'END'\n")[2].partition("END\n")[0], encoding="utf-8")
    (report,) = read_file(page)
    shown = blocks(READMES["README.md"], "json")[0]
    found = report.to_dict(check(report))
    for name in ("agency", "year", "form", "status", "figures"):
        value = re.search(rf'"{name}": (\{{.*?\}}|"[^"]*"|\d+)', shown)
        assert value is not None
        assert ast.literal_eval(value[1].replace("null", "None")) == found[name]
    assert found["findings"][0]["rule"] == "challenges.total"
    assert (found["findings"][0]["expected"], found["findings"][0]["actual"]) == (5, 4)


def test_the_picture_is_well_formed() -> None:
    root = ET.parse(ROOT / "docs" / "architecture.svg").getroot()  # our own file
    words = " ".join("".join(root.itertext()).split())
    for room in ("nianbao/", "crawler/", "validate/", "archive/", "extract/", "simulator/"):
        assert room in words
        assert (ROOT / room).is_dir()
    for thing in ("portal", "capture", "document", "report", "findings"):
        assert thing in words


def test_every_platform_is_explained_to_who_adds_a_portal() -> None:
    page = (ROOT / "docs" / "adding-a-portal.md").read_text(encoding="utf-8")
    table = {line.split("`")[1] for line in page.splitlines() if line.startswith("  | `") and "platform" not in line}
    assert table == set(known_platforms())
    assert "nianbao portals add" in page
