"""Text that is placed on a page but not drawn, or outside what the page lets show: pdfplumber does not tell."""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

from pdfminer.pdfdevice import PDFTextDevice
from pdfminer.pdfinterp import PDFPageInterpreter
from pdfminer.utils import apply_matrix_pt, mult_matrix

from extract.readers.pdf_clips import Clip, is_cut
from extract.readers.pdf_page import Box

_INVISIBLE_MODES = frozenset({3, 7})
_LEVEL = 0.01
_Place = tuple[float, float]


class UnseenText:
    """What does not show on a page of pdfplumber's."""

    def __init__(self, page: Any) -> None:
        device = _Text(page.pdf.rsrcmgr)
        _Interpreter(page.pdf.rsrcmgr, device).process_page(page.page_obj)
        self._invisible, self._clips = device.invisible, device.clips

    def holds(self, char: Any) -> bool:
        """Whether a character of pdfplumber's is neither filled nor stroked, or a digit that may be cut."""
        place = _place(char["matrix"])
        if place in self._invisible:
            return True
        if place not in self._clips or not char["text"].isdigit():
            return False
        return is_cut((char["x0"], char["y0"], char["x1"], char["y1"]), self._clips[place])


class _Text(PDFTextDevice):
    """Notes where invisible characters are placed, and which clip holds where the others are."""

    def __init__(self, resources: Any) -> None:
        super().__init__(resources)
        self.mode = 0
        self.clip: Clip = ()
        self.outer: list[Clip] = []
        self.invisible: set[_Place] = set()
        self.clips: dict[_Place, Clip] = {}

    def begin_figure(self, name: Any, bbox: Any, matrix: Any) -> None:
        x0, y0, x1, y1 = bbox
        self.outer.append(self.clip)
        corners = [("m", x0, y0), ("l", x1, y0), ("l", x1, y1), ("l", x0, y1)]
        self.clip = (*self.clip, _rectangles(corners, mult_matrix(matrix, self.ctm or matrix)))

    def end_figure(self, name: Any) -> None:
        self.clip = self.outer.pop()

    def render_string(self, textstate: Any, seq: Any, ncs: Any, graphicstate: Any) -> None:
        self.mode = textstate.render
        super().render_string(textstate, seq, ncs, graphicstate)

    def render_char(self, matrix: Any, font: Any, fontsize: float, scaling: float, *rest: Any) -> float:
        _, cid, *_ = rest
        if self.mode in _INVISIBLE_MODES:
            self.invisible.add(_place(matrix))
        elif self.clip:
            self.clips[_place(matrix)] = self.clip
        return float(font.char_width(cid) * fontsize * scaling)


class _Interpreter(PDFPageInterpreter):
    """Keeps the clip, which pdfminer leaves out of account."""

    device: _Text

    def init_state(self, ctm: Any) -> None:
        super().init_state(ctm)
        self._saved: list[Clip] = []

    def do_q(self) -> None:
        super().do_q()
        self._saved.append(self.device.clip)

    def do_Q(self) -> None:  # noqa: N802  pdfminer calls it so
        super().do_Q()
        if self._saved:
            self.device.clip = self._saved.pop()

    def do_W(self) -> None:  # noqa: N802
        if self.curpath:
            self.device.clip = (*self.device.clip, _rectangles(self.curpath, self.ctm))

    do_W_a = do_W  # noqa: N815


def _place(matrix: Sequence[float]) -> _Place:
    return round(matrix[4], 1), round(matrix[5], 1)


def _rectangles(path: Iterable[Sequence[Any]], matrix: Any) -> tuple[Box, ...]:
    """The rectangles that a path draws; none if it draws anything else."""
    parts: list[list[_Place]] = []
    for kind, *numbers in path:
        if kind == "m":
            parts.append([])
        if kind in ("m", "l") and parts:
            parts[-1].append(apply_matrix_pt(matrix, (numbers[0], numbers[1])))
        elif kind != "h":
            return ()
    return tuple(map(_box, parts)) if all(map(_is_square, parts)) else ()


def _is_square(corners: Sequence[_Place]) -> bool:
    """Whether four corners, and maybe the first again, have their sides level and upright in turn."""
    if len(corners) == 5 and corners[0] == corners[4]:
        corners = corners[:4]
    around = pairwise([*corners, corners[0]])
    sides = [(abs(x1 - x0) < _LEVEL, abs(y1 - y0) < _LEVEL) for (x0, y0), (x1, y1) in around]
    level, upright = (False, True), (True, False)
    return sides in ([level, upright] * 2, [upright, level] * 2)


def _box(corners: Sequence[_Place]) -> Box:
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)
