"""Files that are ZIP packages of XML parts (DOCX, XLSX, OFD), opened within limits."""

import io
import posixpath
import zipfile
import zlib
from functools import cached_property
from typing import TypeAlias

from lxml import etree

from extract.errors import UnreadableFile

Element: TypeAlias = etree._Element

MOST_PART_BYTES = 16 * 2**20
"""What one XML part may unpack to. A report's text has 200 KB; what is larger is no report, or a bomb."""
_UNZIP_FAULTS = (zipfile.BadZipFile, zlib.error, NotImplementedError, OSError, ValueError, EOFError)


class Package:
    """The parts of a package, read one by one; ``name`` is the file's, for messages."""

    def __init__(self, body: bytes, name: str) -> None:
        self.name = name
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(body))
        except _UNZIP_FAULTS as error:
            raise self._damaged(error) from error

    @cached_property
    def parts(self) -> frozenset[str]:
        """Names of all parts."""
        return frozenset(self._zip.namelist())

    def read(self, part: str) -> bytes:
        """The bytes of a part. Raises :class:`UnreadableFile` where it is damaged, encrypted or too large."""
        try:
            info = self._zip.getinfo(part)
            if info.flag_bits & 1:
                raise UnreadableFile(self.name, "encrypted", "the file is protected by a password")
            with self._zip.open(info) as member:
                content = member.read(MOST_PART_BYTES + 1)
        except (*_UNZIP_FAULTS, KeyError, RuntimeError) as error:
            raise self._damaged(error) from error
        if len(content) > MOST_PART_BYTES:
            raise UnreadableFile(
                self.name, "too_large", f"its part {part} unpacks to more than {MOST_PART_BYTES >> 20} MB: no report"
            )
        return content

    def xml(self, part: str) -> Element:
        """The root element of a part; entities are not resolved, nothing is fetched."""
        return self.parse(self.read(part), part)

    def parse(self, content: bytes, part: str) -> Element:
        """The root element of XML that is the content of a part."""
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True)
        try:
            root = etree.fromstring(content, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise UnreadableFile(self.name, "damaged", f"its part {part} is not valid XML: {error}") from error
        if root.getroottree().docinfo.internalDTD is not None:
            raise UnreadableFile(self.name, "damaged", f"its part {part} declares entities, which no Office file does")
        return root

    def target(self, kind: str) -> str | None:
        """The part that the package as a whole names for a kind of relationship (``officeDocument``), if any."""
        return next(iter(self.targets("", kind)), None)

    def targets(self, part: str, kind: str) -> list[str]:
        """The parts that a part is related to by relationships of a kind (the last word of their type)."""
        return [path for path, found in self._relations(part).values() if found == kind]

    def relations(self, part: str) -> dict[str, str]:
        """The parts that a part is related to, by the relationship's id."""
        return {name: path for name, (path, _) in self._relations(part).items()}

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """Id to (part, kind) of the relationships of a part that lead to a part that is there."""
        folder, base = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        if relations not in self.parts:
            return {}
        found = {}
        for element in self.xml(relations):
            path = posixpath.normpath(posixpath.join("/", folder, element.get("Target") or "")).lstrip("/")
            if path in self.parts:
                found[element.get("Id") or ""] = (path, (element.get("Type") or "").rpartition("/")[2])
        return found

    def _damaged(self, error: Exception) -> UnreadableFile:
        return UnreadableFile(self.name, "damaged", f"the file is damaged (cut short?): {error}")
