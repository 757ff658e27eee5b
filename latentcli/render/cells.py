"""How single values are written, for people and for machines."""

from __future__ import annotations

import math
import unicodedata

from latentcli.results import Scalar

_DECIMALS = 6
_HIDDEN = {"Cc", "Cs", "Zl", "Zp"}
_BIDI = {*range(0x202A, 0x202F), *range(0x2066, 0x206A)}
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    r"""Return text with control characters escaped: ESC is shown as ``\x1b``, a tab as ``\t``.

    >>> visible("a\x1b[31m")
    'a\\x1b[31m'
    """
    if text.isprintable():
        return text
    return "".join(_escape(character) for character in text)


def _escape(character: str) -> str:
    if unicodedata.category(character) not in _HIDDEN and ord(character) not in _BIDI:
        return character
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def machine(value: Scalar) -> Scalar:
    """Return a value as data: floats to six decimals (or digits, below 0.001), NaN as None.

    >>> machine(0.6510956883430481), machine(1.23456789e-8), machine(float("nan"))
    (0.651096, 1.23457e-08, None)
    """
    if isinstance(value, list):
        return [machine(number) for number in value]  # type: ignore[misc]
    if not isinstance(value, float):
        return value
    if not math.isfinite(value):
        return None
    value += 0.0  # no -0
    return round(value, _DECIMALS) if abs(value) >= 1e-3 else float(f"{value:.{_DECIMALS}g}")


def plain(value: Scalar) -> str:
    """Return a value as text for CSV and TSV: nothing for None and NaN.

    >>> plain(True), plain(None), plain(0.5)
    ('true', '', '0.5')
    """
    value = machine(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(plain(number) for number in value)
    return str(value)


def human(value: Scalar) -> str:
    """Return a value as people read it: four decimals, thousands parted, words escaped.

    >>> human(0.59534), human(400000), human(None), human(1.5e-7)
    ('0.5953', '400,000', '-', '1.5e-07')
    """
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, list):
        return f"[{', '.join(f'{number:.4g}' for number in value)}]"
    if isinstance(value, float):
        if value != 0 and abs(value) < 5e-5:
            return f"{value:.2g}"
        if abs(value) >= 1e9:
            return f"{value:.4e}"
        return f"{value + 0.0:,.4f}"  # no -0
    return visible(value)
