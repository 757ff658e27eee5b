"""How single values are written, for people and for machines."""

from __future__ import annotations

import math
import re

from latentcli.views import Scalar

_DECIMALS = 6
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Controls, direction marks, and letters of no width (joiners, tags, fillers, odd surrogates)."""

_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    r"""Return text with what a terminal obeys or hides escaped: ESC is shown as ``\x1b``, a tab as ``\t``.

    >>> visible("a\x1b[31m"), visible("king\u200b")
    ('a\\x1b[31m', 'king\\u200b')
    """
    if text.isascii() and text.isprintable():
        return text
    return _HIDDEN.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code > 0xFFFF:
        return f"\\U{code:08x}"
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 256 else f"\\u{code:04x}")


def as_json_escapes(text: str) -> str:
    r"""Return JSON with the same escaped as JSON does it; line breaks between values stay.

    >>> as_json_escapes('"\x9b"')
    '"\\u009b"'
    """
    return _HIDDEN.sub(_json_escape, text)


def _json_escape(found: re.Match[str]) -> str:
    if found[0] in "\n\t\r":  # between values: in texts, JSON has escaped them
        return found[0]
    units = found[0].encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


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
