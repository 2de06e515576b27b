"""Word documents written as XML, for what no library writes: tracked changes, hidden text, fields, odd merges."""

import io
import zipfile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_NAMESPACES = (
    f'xmlns:w="{W}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
)


def word_file(body: str, *, styles: str = "", numbering: str = "") -> bytes:
    """A DOCX with this content of ``w:body``, ``w:styles`` and ``w:numbering``."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("_rels/.rels", _relations(("officeDocument", "word/document.xml")))
        archive.writestr(
            "word/_rels/document.xml.rels", _relations(("styles", "styles.xml"), ("numbering", "numbering.xml"))
        )
        archive.writestr("word/document.xml", f"<w:document {_NAMESPACES}><w:body>{body}</w:body></w:document>")
        archive.writestr("word/styles.xml", f"<w:styles {_NAMESPACES}>{styles}</w:styles>")
        archive.writestr("word/numbering.xml", f"<w:numbering {_NAMESPACES}>{numbering}</w:numbering>")
    return out.getvalue()


def _relations(*named: tuple[str, str]) -> str:
    lines = (f'<Relationship Id="r{kind}" Type="{_KIND}/{kind}" Target="{target}"/>' for kind, target in named)
    return f'<Relationships xmlns="{_RELATIONS}">{"".join(lines)}</Relationships>'


def paragraph(*runs: str, properties: str = "") -> str:
    """A ``w:p``; a run that is no XML is text."""
    return f"<w:p><w:pPr>{properties}</w:pPr>{''.join(one if one.startswith('<') else run(one) for one in runs)}</w:p>"


def run(text: str, properties: str = "") -> str:
    """A ``w:r`` with one text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def cell(*content: str, properties: str = "") -> str:
    """A ``w:tc``; content that is no XML is the text of a paragraph, none is an empty cell."""
    inside = "".join(one if one.startswith("<") else paragraph(one) for one in content) or paragraph()
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{inside}</w:tc>"


def row(*cells: str, properties: str = "") -> str:
    """A ``w:tr``; a cell that is no XML is text."""
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(c if c.startswith('<') else cell(c) for c in cells)}</w:tr>"


def table(*rows: str) -> str:
    """A ``w:tbl``."""
    return f"<w:tbl><w:tblPr/>{''.join(rows)}</w:tbl>"
