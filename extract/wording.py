"""``data/narrative.yaml``: the words by which the narrative says what a figure counts."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from extract.forms import DATA

FILE = DATA / "narrative.yaml"

_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Words:
    """A pattern, and another that must not be there."""

    words: re.Pattern[str]
    without: re.Pattern[str] | None

    def describe(self, text: str) -> bool:
        """Whether the text has the words and none that speak against them."""
        return self.words.search(text) is not None and (self.without is None or self.without.search(text) is None)


@dataclass(frozen=True, slots=True)
class Entry:
    """What a figure counts: the codes in the forms since 2019 and in that of 2014, and the words that tell it.

    ``topics`` are the topics it needs (empty: any); ``needs`` must stand in the clause's first item, the clause before
    or its own words, ``unless`` nowhere in the sentence; ``after``: what the code of the figure before it begins with;
    ``family`` as in the file; ``only_zero`` where the words are too vague to believe any number but 0.
    """

    codes: tuple[str, ...]
    stat: tuple[str, ...]
    words: Words
    needs: re.Pattern[str] | None
    topics: frozenset[str]
    units: frozenset[str]
    family: str
    only_zero: bool
    unless: re.Pattern[str] | None
    after: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZeroWords:
    """How the narrative says that something did not happen; see the file."""

    negation: re.Pattern[str]
    hypothetical: re.Pattern[str]
    qualified: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Wording:
    """The whole file, its patterns compiled."""

    topics: tuple[tuple[str, Words], ...]
    subjects: dict[str, re.Pattern[str]]
    stripped: re.Pattern[str]
    no_count: re.Pattern[str]
    scopes: tuple[tuple[str, re.Pattern[str]], ...]
    entries: tuple[Entry, ...]
    zero: ZeroWords

    def topic(self, text: str) -> str | None:
        """What a clause is about, None where it says nothing."""
        plain = self.stripped.sub(lambda words: "复议" if "复议" in words[0] else "", text)
        return next((name for name, words in self.topics if words.describe(plain)), None)

    def scope(self, text: str) -> str | None:
        """The scope that a sentence states for its figures, None where it states none."""
        return next((name for name, words in self.scopes if words.search(text)), None)


@cache
def entries_about(topic: str, *, in_2014_form: bool) -> tuple[Entry, ...]:
    """The entries that a clause about a topic (``none`` where it is about none) can be read by, in their order."""
    return tuple(
        entry
        for entry in wording().entries
        if (entry.stat if in_2014_form else entry.codes) and (not entry.topics or topic in entry.topics)
    )


@cache
def wording() -> Wording:
    """The file, read once."""
    data = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    units = {name: frozenset(measures) for name, measures in data["units"].items()}
    return Wording(
        topics=tuple((topic["name"], _words(topic)) for topic in data["topics"]),
        subjects={name: _pattern(words) for name, words in data["subjects"].items()},
        stripped=_pattern(data["stripped"]),
        no_count=_pattern(data["no_count"]),
        scopes=tuple((scope["name"], _pattern(scope["words"])) for scope in data["scopes"]),
        entries=tuple(_entry(line, units) for line in data["entries"]),
        zero=ZeroWords(**{name: _pattern(words) for name, words in data["zero"].items()}),
    )


def _entry(line: dict[str, Any], units: dict[str, frozenset[str]]) -> Entry:
    return Entry(
        codes=tuple(line.get("codes", ())),
        stat=tuple(line.get("stat", ())),
        words=_words(line),
        needs=_pattern(line["needs"]) if "needs" in line else None,
        topics=frozenset(line.get("topics", ())),
        units=units[line.get("units", "count")],
        family=line.get("family", ""),
        only_zero=line.get("only_zero", False),
        unless=_pattern(line["unless"]) if "unless" in line else None,
        after=tuple(line.get("after", ())),
    )


def _words(line: dict[str, Any]) -> Words:
    return Words(_pattern(line["words"]), _pattern(line["not"]) if "not" in line else None)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(_BLANKS.sub("", words))
