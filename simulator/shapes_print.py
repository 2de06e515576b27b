"""Shapes of a report as PDF, as a scan and as photographs of its pages.

Scans need OpenCV (the extra ``ocr``) and a Chinese TrueType font to print with (Debian: fonts-wqy-zenhei).
"""

import random
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pypdfium2
from cv2.typing import MatLike
from PIL import Image

from simulator.pdf import layout_pdf
from simulator.printed import PrintedReport, with_page_break
from simulator.shapes_web import Files

FONTS = tuple(
    path
    for path in (Path("/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc"), Path("/usr/share/fonts/truetype/wqy-zenhei.ttc"))
    if path.is_file()
)
"""Chinese TrueType fonts that are installed."""

Picture = MatLike
"""Grey, height by width."""


def pdf(layout: PrintedReport, rng: random.Random) -> Files:
    """A PDF whose font is named, not embedded."""
    return [("report.pdf", layout_pdf(_cut(layout, rng)))]


def embedded_pdf(layout: PrintedReport, rng: random.Random) -> Files:
    """A PDF with its font in it."""
    return [("report.pdf", layout_pdf(_cut(layout, rng), font=FONTS[0]))]


def scan(layout: PrintedReport, rng: random.Random) -> Files:
    """A PDF of grey pictures: 200 dpi, turned by up to one degree, light noise, JPEG."""
    pages = [_scanned(picture, rng) for picture in _pictures(layout, rng, dpi=200)]
    out = BytesIO()
    first, *others = [Image.fromarray(picture) for picture in pages]
    first.save(out, "PDF", save_all=True, append_images=others, resolution=200.0, quality=rng.randint(60, 85))
    return [("scan.pdf", out.getvalue())]


def photographs(layout: PrintedReport, rng: random.Random) -> Files:
    """A JPEG a page: perspective, uneven light, the desk around the sheet."""
    pictures = _pictures(layout, rng, dpi=200)
    return [(f"page-{n:02}.jpg", _jpeg(_photographed(p, rng), 80)) for n, p in enumerate(pictures, start=1)]


def pictures(layout: PrintedReport, rng: random.Random) -> Files:
    """A PNG a page, as clean as a screen shows it."""
    return [
        (f"page-{n:02}.png", cv2.imencode(".png", picture)[1].tobytes())
        for n, picture in enumerate(_pictures(layout, rng, dpi=150), start=1)
    ]


def _cut(layout: PrintedReport, rng: random.Random) -> PrintedReport:
    return with_page_break(layout, repeat_header=rng.random() < 0.5)


def _pictures(layout: PrintedReport, rng: random.Random, *, dpi: int) -> list[Picture]:
    """The pages as grey pictures, height by width."""
    body = layout_pdf(_cut(layout, rng), font=FONTS[0])
    with pypdfium2.PdfDocument(body) as document:
        shown = [page.render(scale=dpi / 72, grayscale=True).to_numpy() for page in document]
        return [np.array(picture).reshape(picture.shape[:2]) for picture in shown]


def _scanned(picture: Picture, rng: random.Random) -> Picture:
    height, width = picture.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), rng.uniform(-1, 1), 1.0)
    turned = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_LINEAR, borderValue=255)
    return _noisy(cv2.GaussianBlur(turned, (3, 3), rng.uniform(0.3, 0.8)), rng.uniform(2, 7), rng)


def _photographed(picture: Picture, rng: random.Random) -> Picture:
    height, width = picture.shape
    margin = width // 12
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)
    shifts = np.array([[rng.uniform(0, margin), rng.uniform(0, margin)] for _ in corners], dtype=np.float32)
    inward = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], dtype=np.float32)
    target = corners + margin + shifts * inward * 0.6
    desk = rng.randint(50, 110)
    warp = cv2.getPerspectiveTransform(corners, target)
    size = (width + 2 * margin, height + 2 * margin)
    seen = cv2.warpPerspective(picture, warp, size, flags=cv2.INTER_LINEAR, borderValue=desk)
    across = np.linspace(rng.uniform(0.75, 1), rng.uniform(0.75, 1), size[0])
    down = np.linspace(rng.uniform(0.8, 1), 1, size[1])
    lit = (seen * across[None, :] * down[:, None]).astype(np.uint8)
    return _noisy(cv2.GaussianBlur(lit, (3, 3), 0.7), 4, rng)


def _noisy(picture: Picture, sigma: float, rng: random.Random) -> Picture:
    grain = np.random.default_rng(rng.getrandbits(32)).normal(0, sigma, picture.shape)
    noisy: Picture = np.clip(picture + grain, 0, 255).astype(np.uint8)
    return noisy


def _jpeg(picture: Picture, quality: int) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes()
