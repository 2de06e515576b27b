"""What is printed in a picture of a few lines: the recogniser of PP-OCR, fed with crops of one height in batches."""

import importlib.util
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extract.readers.scan_page import Picture

_MODEL = Path("models") / "PP-OCRv6_rec_small.onnx"
_HEIGHT = 48
# Crops are padded to a multiple of this and read together up to so many pixels: wider batches are no faster.
_STEP, _MOST_WIDTH = 16, 4096
# Darker than this is ink; after smoothing, darker than the other is at least a trace of it.
_INK, _TRACE = 150, 212
_SPECK = 6
_LEAST_LINE = 12


# Signs that a recogniser of Chinese and Latin text takes digits for, where nothing stands beside them.
_LOOKALIKES = str.maketrans("OoΟО〇○Il丨，．", "00000011" + "1,.")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text and how sure the recogniser is of its least sure character (0 to 1)."""

    text: str
    confidence: float


class Recogniser:
    """The recogniser of PP-OCRv6 as it comes in the package rapidocr; reads one line a crop."""

    def __init__(self) -> None:
        import onnxruntime  # noqa: PLC0415 - an optional part, and slow to load

        spec = importlib.util.find_spec("rapidocr")
        if spec is None or spec.origin is None:
            raise ModuleNotFoundError("No module named 'rapidocr'", name="rapidocr")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = min(2, os.cpu_count() or 1)
        options.log_severity_level = 3
        # Threads that wait in a loop for work take the time of other processes and give nothing back.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        model = str(Path(spec.origin).parent / _MODEL)
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._input = self._session.get_inputs()[0].name
        characters = self._session.get_modelmeta().custom_metadata_map["character"].splitlines()
        self._characters = ["", *characters, " "]
        self._alike: dict[str, list[int]] = {}
        for index, character in enumerate(self._characters):
            if (digit := character.translate(_LOOKALIKES)) in "0123456789.," and character:
                self._alike.setdefault(digit, []).append(index)

    def read(self, crops: Sequence[Picture]) -> list[Reading]:
        """The text of each crop (grey, one line)."""
        scaled = [_scaled(crop) for crop in crops]
        order = sorted(range(len(crops)), key=lambda i: scaled[i].shape[1])
        readings: list[Reading] = [Reading("", 0.0)] * len(crops)
        batch: list[int] = []
        for position, i in enumerate(order):
            batch.append(i)
            following = order[position + 1] if position + 1 < len(order) else None
            width = _padded(scaled[i])
            if following is None or _padded(scaled[following]) != width or (len(batch) + 1) * width > _MOST_WIDTH:
                for j, reading in zip(batch, self._read_batch([scaled[j] for j in batch], width), strict=True):
                    readings[j] = reading
                batch = []
        return readings

    def _read_batch(self, crops: Sequence[Picture], width: int) -> list[Reading]:
        pixels = np.full((len(crops), 3, _HEIGHT, width), 1.0, np.float32)
        for row, crop in zip(pixels, crops, strict=True):
            row[:, :, : crop.shape[1]] = crop.astype(np.float32) / 127.5 - 1
        (scores,) = self._session.run(None, {self._input: pixels})
        return [self._decoded(row) for row in scores]

    def _decoded(self, scores: NDArray[np.float32]) -> Reading:
        """Greedy CTC: the best class of each step, repeats and blanks dropped."""
        best = scores.argmax(axis=1)
        starts = np.flatnonzero((best != 0) & (best != np.concatenate([[0], best[:-1]])))
        text = "".join(self._characters[best[step]] for step in starts)
        if (number := as_number(text)) is not None:
            alike = [self._alike.get(character, [best[step]]) for character, step in zip(number, starts, strict=True)]
            shares = (float(scores[step, classes].sum()) for classes, step in zip(alike, starts, strict=True))
            return Reading(number, min(shares))
        return Reading(text, min((float(scores[step, best[step]]) for step in starts), default=0.0))


@cache
def recogniser() -> Recogniser:
    """The one recogniser of the process. Raises ModuleNotFoundError where the extra ``ocr`` is not installed."""
    return Recogniser()


def as_number(text: str) -> str | None:
    """A text that is a number, its lookalikes made digits (O to 0); None for any other."""
    number = text.translate(_LOOKALIKES)
    return number if _NUMBER.fullmatch(number) and number.isascii() else None


def _scaled(crop: Picture) -> Picture:
    width = max(round(crop.shape[1] * _HEIGHT / crop.shape[0]), 8)
    return np.asarray(cv2.resize(crop, (width, _HEIGHT), interpolation=cv2.INTER_LINEAR), np.uint8)


def _padded(crop: Picture) -> int:
    width: int = crop.shape[1]
    return -(-width // _STEP) * _STEP


def ink_mask(grey: Picture) -> NDArray[np.uint8]:
    """1 where ink is, specks of dust left out."""
    ink = (grey < _INK).astype(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < _SPECK
    if count > 1 and small.any():
        ink[small[labels]] = 0
    return np.asarray(ink, np.uint8)


def has_trace(grey: Picture) -> bool:
    """Whether there may be print in a cell, however faint."""
    return bool(trace(grey).any())


def trace(grey: Picture) -> NDArray[np.uint8]:
    """1 where there may be print, however faint: pieces larger than noise leaves after smoothing."""
    if min(grey.shape) < 4:
        return np.zeros(grey.shape, np.uint8)
    smooth = cv2.GaussianBlur(grey, (5, 5), 0)
    faint = (smooth < _TRACE).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(faint, connectivity=8)
    large = stats[:, cv2.CC_STAT_AREA] >= 2 * _SPECK
    large[0] = False
    return np.asarray(large[labels], np.uint8)


def line_boxes(ink: NDArray[np.uint8]) -> list[tuple[int, int, int, int]]:
    """The lines of a text: (x0, y0, x1, y1) around the ink of each, top to bottom.

    Rows without ink part them; a stroke that stands alone (the upper one of 二) belongs to the line beside it.
    """
    spans: list[list[int]] = []
    for y in np.flatnonzero(ink.any(axis=1)):
        if spans and y - spans[-1][1] <= 2:
            spans[-1][1] = int(y)
        else:
            spans.append([int(y), int(y)])
    merged: list[list[int]] = []
    for span in spans:
        thin = merged and (span[1] - span[0] < _LEAST_LINE or merged[-1][1] - merged[-1][0] < _LEAST_LINE)
        if thin and span[0] - merged[-1][1] < _LEAST_LINE and span[1] - merged[-1][0] < 4 * _LEAST_LINE:
            merged[-1][1] = span[1]
        else:
            merged.append(span)
    boxes = []
    for top, bottom in merged:
        columns = np.flatnonzero(ink[top : bottom + 1].any(axis=0))
        boxes.append((int(columns[0]), top, int(columns[-1]) + 1, bottom + 1))
    return boxes


def crop(grey: Picture, box: tuple[int, int, int, int], margin: float) -> Picture:
    """A box cut out with a white margin, as a share of its height (at least of 16 pixels) on each side."""
    x0, y0, x1, y1 = box
    around = round(max(y1 - y0, 16) * margin)
    inner = grey[max(y0 - 1, 0) : y1 + 1, max(x0 - 1, 0) : x1 + 1]
    return np.asarray(
        cv2.copyMakeBorder(inner, around, around, around, around, cv2.BORDER_CONSTANT, value=245), np.uint8
    )


def contrasted(picture: Any, sharpness: float = 5.0) -> Picture:
    """The same crop as another eye sees it: enlarged, smoothed, nearly black and white."""
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    smooth = cv2.GaussianBlur(large, (5, 5), 0).astype(np.float32)
    dark, light = np.percentile(smooth, (1, 90))
    middle, reach = (float(dark) + float(light)) / 2, max(float(light) - float(dark), 20.0) / sharpness
    return np.asarray(255 / (1 + np.exp(-(smooth - middle) / reach)), np.uint8)
