"""Which of many files are one report: a page with the files that it links, the pictures of its pages."""

import posixpath
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import unquote, urlsplit

from extract.errors import UnreadableFile
from extract.readers.html import read_html

_NUMBERED = re.compile(r"(.*?)(\d{1,4})\D*")
# Each page of pictures is read on its own; no report has more.
_MOST_ATTACHMENTS = 60


def group_names(names: Iterable[str], formats: Mapping[str, str], read: Callable[[str], bytes]) -> list[list[str]]:
    """Group names of files (paths with ``/``), each group what belongs to one page or stands for itself.

    A page comes first in its group, then the files that it links and that ``formats`` (name to format) knows; of
    pictures, those that are numbered alike in one folder (page-01.jpg, page-02.jpg) are one group in their order.
    ``read`` gives the bytes of a name.
    """
    there = list(dict.fromkeys(names))
    groups: dict[str, list[str]] = {}
    linked: set[str] = set()
    for name in there:
        if formats.get(name) == "html":
            files = [file for file in linked_names(name, read(name), formats) if file not in linked]
            linked.update(files)
            groups[name] = [name, *files]
    for name in there:
        if name not in groups and name not in linked:
            is_picture = formats.get(name) == "picture"
            groups.setdefault(_series(name) if is_picture else name, []).append(name)
    order = {name: number for number, name in enumerate(there)}
    in_order = [group if group[0] in groups else sorted(group, key=_natural) for group in groups.values()]
    return sorted(in_order, key=lambda group: min(order.get(name, len(order)) for name in group))


def linked_names(page: str, body: bytes, formats: Mapping[str, str]) -> list[str]:
    """The files that a page links by relative addresses, as far as ``formats`` knows them; none above, no pages."""
    try:
        attachments = read_html(body, page).attachments
    except UnreadableFile:
        return []
    folder = posixpath.dirname(page)
    root = f"{folder.rstrip('/')}/" if folder else ""
    found = []
    for address, _ in attachments[:_MOST_ATTACHMENTS]:
        parts = urlsplit(address.strip())
        path = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        is_below = path.startswith(root) if root else not path.startswith(("/", "../"))
        if not (parts.scheme or parts.netloc) and is_below and formats.get(path, "html") != "html":
            found.append(path)
    return list(dict.fromkeys(found))


def _natural(name: str) -> list[tuple[int, str]]:
    """Sorts page-2 before page-10."""
    return [(int(part), "") if part.isdecimal() else (0, part) for part in re.split(r"(\d+)", name)]


def _series(name: str) -> str:
    """What pictures of the pages of one report have in common; a picture without a number has a series of its own."""
    folder, base = posixpath.split(name)
    stem = posixpath.splitext(base)[0]
    numbered = _NUMBERED.fullmatch(stem)
    return posixpath.join(folder, numbered[1] + "#") if numbered else name
