"""Contact sheets: images in rows and columns with a label to each."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from latentcli.errors import ParameterError
from latentcli.numerics.types import Array

_LEAST = 64
"""Pixels that an image is enlarged to, by a whole factor."""

_GAP, _TEXT = 4, 14
"""Pixels between images, and of a line of labels."""

_LETTER = 7
"""Pixels of a letter of the labels, about."""

_WHITE, _BLACK = 255, 30

_MOST = 64_000_000
"""Pixels of a sheet, at most."""


def contact_sheet(
    images: Array,
    *,
    columns: int | None = None,
    labels: Sequence[str] = (),
) -> Array:
    """Lay images out in rows, as one picture (height, width, 3) uint8 on white.

    Parameters
    ----------
    images
        (N, H, W, C) uint8 with 1, 3 or 4 channels.
    columns
        How many stand in a row; None for all, up to 20.
    labels
        A text below each image, or none.
    """
    count, height, width, _ = images.shape
    columns = min(count, 20) if columns is None else columns
    if columns < 1:
        raise ParameterError("columns", columns, "at least 1")
    lines = math.ceil(count / columns)
    factor = max(1, math.ceil(_LEAST / max(height, width)))
    below = _TEXT if labels else 0
    cell = height * factor + below + _GAP, width * factor + _GAP
    size = lines * cell[0] + _GAP, columns * cell[1] + _GAP
    if size[0] * size[1] > _MOST:
        raise ParameterError(
            "images", f"{count:,} of {height} x {width}", "few enough for a sheet"
        )
    sheet = np.full((*size, 3), _WHITE, dtype=np.uint8)
    for number in range(count):
        row, column = divmod(number, columns)
        top, start = _GAP + row * cell[0], _GAP + column * cell[1]
        enlarged = rgb(images[number]).repeat(factor, axis=0).repeat(factor, axis=1)
        sheet[top : top + enlarged.shape[0], start : start + enlarged.shape[1]] = enlarged
    if labels:
        _write(sheet, labels, columns, cell, height * factor)
    return sheet


def rgb(image: Array) -> Array:
    """Return an image (H, W, C) with three channels; transparency is laid on white."""
    if image.shape[2] == 1:
        return image.repeat(3, axis=2)
    if image.shape[2] == 3:
        return image
    opacity = image[..., 3:].astype(np.float32) / 255
    laid = image[..., :3] * opacity + 255 * (1 - opacity)
    return (laid + 0.5).astype(np.uint8)


def _write(
    sheet: Array,
    labels: Sequence[str],
    columns: int,
    cell: tuple[int, int],
    below: int,
) -> None:
    from PIL import Image, ImageDraw, ImageFont

    picture = Image.fromarray(sheet)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.load_default(11)
    for number, text in enumerate(labels):
        row, column = divmod(number, columns)
        place = _GAP + column * cell[1], _GAP + row * cell[0] + below
        draw.text(place, text[: max(1, cell[1] // _LETTER + 1)], fill=_BLACK, font=font)
    sheet[:] = np.asarray(picture)


def thumbnails(images: Array, *, columns: int | None = None, width: int = 80) -> Array:
    """Return images side by side, no wider than `width` pixels: (height, width, 3) uint8.

    Of a row that does not fit at a width of 8 pixels an image, images are left out evenly.
    """
    count, height, wide, _ = images.shape
    columns = min(count, 20) if columns is None else columns
    fitting = max(1, min(columns, width // 8))
    chosen = np.linspace(0, columns - 1, fitting).round().astype(int)
    side = max(4, min(wide, width // fitting - 1))
    tall = max(2, round(height * side / wide) // 2 * 2)
    lines = []
    for start in range(0, count, columns):
        cells = []
        for column in chosen:
            cell = np.zeros((tall, side + 1, 3), dtype=np.uint8)
            if start + column < count:
                cell[:, :side] = _reduced(rgb(images[start + column]), tall, side)
            cells.append(cell)
        lines.append(np.concatenate(cells, axis=1))
    return np.concatenate(lines)


def _reduced(image: Array, height: int, width: int) -> Array:
    """Return an image (H, W, 3) at another size: the mean of the pixels that fall together."""
    from PIL import Image

    resized = Image.fromarray(image).resize((width, height), Image.Resampling.BOX)
    return np.asarray(resized)
