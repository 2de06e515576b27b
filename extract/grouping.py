"""Which of many files are one report: a page with the files that it links, the pictures of its pages."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from extract.errors import UnreadableFile
from extract.formats import file_format
from extract.readers.html import read_html

_NUMBERED = re.compile(r"(.*?)(\d{1,4})\D*")
# Each page of pictures is read on its own; no report has more.
_MOST_ATTACHMENTS = 60


def group_names(names: Iterable[str], read: Callable[[str], bytes]) -> list[list[str]]:
    """Group names of files (paths with ``/``), each group what belongs to one page or stands for itself.

    A page comes first in its group, then the files that it links and that are among the names; of pictures, those that
    are numbered alike in one folder (page-01.jpg, page-02.jpg) are one group in their order. ``read`` gives the bytes
    of a name; what it cannot read stands for itself.
    """
    there = sorted(names, key=_natural)
    formats = {name: _format(name, read) for name in there}
    groups: list[list[str]] = []
    taken: set[str] = set()
    for name in there:
        if formats[name] == "html":
            linked = [file for file in linked_names(name, read(name), formats) if file not in taken]
            taken |= {name, *linked}
            groups.append([name, *linked])
    pictures: dict[str, list[str]] = {}
    for name in there:
        if name in taken:
            continue
        if formats[name] == "picture" and (series := _series(name)) in pictures:
            pictures[series].append(name)
            continue
        groups.append([name])
        if formats[name] == "picture":
            pictures[_series(name)] = groups[-1]
    return sorted(groups, key=lambda group: there.index(group[0]))


def linked_names(page: str, body: bytes, there: Mapping[str, str]) -> list[str]:
    """The files among those ``there`` (name to format) that a page links by relative addresses; no other pages."""
    try:
        document = read_html(body, page)
    except UnreadableFile:
        return []
    found = []
    for address, _ in document.attachments[:_MOST_ATTACHMENTS]:
        parts = urlsplit(address.strip())
        if parts.scheme or parts.netloc or not parts.path:
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
        if path != page and there.get(path, "html") != "html":
            found.append(path)
    return list(dict.fromkeys(found))


def _format(name: str, read: Callable[[str], bytes]) -> str:
    try:
        return file_format(read(name))
    except (OSError, UnreadableFile):
        return "unknown"


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts page-2 before page-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def _series(name: str) -> str:
    """What pictures of the pages of one report have in common; a picture without a number has a series of its own."""
    folder, base = posixpath.split(name)
    stem = posixpath.splitext(base)[0]
    numbered = _NUMBERED.fullmatch(stem)
    return posixpath.join(folder, numbered[1] + "#") if numbered else name
