"""Codes of StyleGAN: w for all layers, w+ with a vector for each, and the layers of its sizes."""

from __future__ import annotations

from collections.abc import Sequence

_STYLEGAN = {18: 1024, 16: 512, 14: 256, 12: 128, 10: 64}
"""How many layers the codes of StyleGAN2 have, and the size of its images in pixels."""


def stylegan(*layers: int | None) -> str:
    """Return the sizes of StyleGAN2's images where one of these counts of layers is one of its own.

    >>> stylegan(18)
    '18 layers are 1024 px, 16 are 512 px, 14 are 256 px, 12 are 128 px, 10 are 64 px'
    >>> stylegan(3, None)
    ''
    """
    if not {*layers} & {*_STYLEGAN}:
        return ""
    sizes = ", ".join(f"{count} are {pixels} px" for count, pixels in _STYLEGAN.items())
    return sizes.replace("18 are", "18 layers are", 1)


def with_stylegan(text: str, *shapes: Sequence[int]) -> str:
    """Return a text on shapes (..., L, D) that do not fit, and what `stylegan` says of their layers.

    >>> with_stylegan("they do not fit", (5, 12, 2), (12, 3))
    'they do not fit'
    >>> with_stylegan("they do not fit", (18, 2), (2,)).partition("; ")[2].partition(":")[0]
    'w is 2 numbers, w+ is 18 x 2'
    >>> with_stylegan("they do not fit", (5, 18, 2), ())
    'they do not fit'
    """
    alike = len({shape[-1:] for shape in shapes}) == 1
    counts = {shape[-2] for shape in shapes if len(shape) > 1} & {*_STYLEGAN}
    if (
        alike
        and counts
        and any(len(shape) < 2 or shape[-2] not in _STYLEGAN for shape in shapes)
    ):
        layers, numbers = max(counts), shapes[0][-1]
        return (
            f"{text}; w is {numbers:,} numbers, w+ is {layers} x {numbers:,}: w+ of codes w (N, {numbers:,}) is "
            f"numpy.repeat(w[:, None], {layers}, axis=1)"
        )
    hint = stylegan(*(shape[-2] for shape in shapes if alike and len(shape) > 1))
    return f"{text}; {hint}" if hint else text
