"""A picture in the terminal: two pixels to a character, upper half blocks in true color."""

from __future__ import annotations

from collections.abc import Sequence

Pixel = tuple[int, int, int]

_SHADES = " .:-=+*#%@"


def half_blocks(
    rows: Sequence[Sequence[Pixel]], *, color: bool = True, ascii_only: bool = False
) -> str:
    """Return a picture, rows of (red, green, blue) from 0 to 255, as lines of characters.

    Without `color`, or where only ASCII can be written, a character's darkness is that of its
    two pixels.
    """
    lines = []
    for top in range(0, len(rows), 2):
        upper = rows[top]
        lower = rows[top + 1] if top + 1 < len(rows) else upper
        if color and not ascii_only:
            line = "".join(
                f"\x1b[38;2;{a[0]};{a[1]};{a[2]}m\x1b[48;2;{b[0]};{b[1]};{b[2]}m▀"
                for a, b in zip(upper, lower, strict=True)
            )
            lines.append(f"{line}\x1b[0m")
        else:
            shades = _SHADES if ascii_only else " ░▒▓█"
            lines.append(
                "".join(_shade(a, b, shades) for a, b in zip(upper, lower, strict=True))
            )
    return "\n".join(lines)


def _shade(a: Pixel, b: Pixel, shades: str) -> str:
    light = (sum(a) + sum(b)) / (6 * 255)
    return shades[min(len(shades) - 1, int(light * len(shades)))]
