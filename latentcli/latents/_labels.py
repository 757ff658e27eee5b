"""Which codes have an attribute: by a label, or by a score that is cut in two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from latentcli.errors import LatentError, ParameterError, counted
from latentcli.numerics.types import Array
from latentcli.results import Scalar


def labeled(
    labels: Mapping[str, npt.ArrayLike], attribute: str, count: int, positive: str | None
) -> Array:
    """Return which rows (N,) have an attribute."""
    if attribute not in labels:
        raise LatentError(f"no column '{attribute}'; there are {', '.join(labels)}")
    column = np.asarray(labels[attribute])
    if len(column) != count:
        raise LatentError(f"{counted(len(column), 'label')} for {counted(count, 'code')}")
    missing = [row for row, value in enumerate(column.tolist()) if _missing(value)]
    if missing:
        more = f" and {len(missing) - 1:,} more" if len(missing) > 1 else ""
        raise LatentError(
            f"'{attribute}' has no value in row {missing[0]:,}{more}; leave those codes and labels out"
        )
    texts = np.array([_plain(value) for value in column.tolist()])
    values = sorted(set(texts.tolist()))
    if len(values) == 1:
        raise LatentError(
            f"all {len(texts):,} codes have '{attribute}' = {values[0]}: there is no other side"
        )
    if positive is None:
        if values not in (["0", "1"], ["false", "true"], ["-1", "1"]):
            raise ParameterError(_which(attribute, values, column))
        positive = values[1]
    if _plain(positive) not in values:
        raise LatentError(
            f"no row of '{attribute}' is '{positive}'; it has {', '.join(values[:6])}"
        )
    return texts == _plain(positive)


def _which(attribute: str, values: list[str], column: Array) -> str:
    listed = f"{', '.join(values[:6])}{', ...' if len(values) > 6 else ''}"
    if column.dtype.kind == "f" and len(values) > 6:
        return (
            f"'{attribute}' holds scores ({listed}): take them as they are with `scores`, or split them with "
            "`above` or `top`"
        )
    return f"'{attribute}' has the values {listed}; say which has it with `value`"


def labels_of(labels: Sequence[object], count: int, rows: Array) -> list[Scalar]:
    """Return the labels of some rows; LatentError unless there is one for each of `count` codes."""
    if len(labels) != count:
        raise LatentError(
            f"{counted(len(labels), 'label')} for {counted(count, 'code')} of `reference`"
        )
    return [_shown(labels[int(row)]) for row in rows]


def _shown(label: object) -> Scalar:
    """Return a label as a value of a record."""
    item = label.item() if isinstance(label, np.generic) else label
    return item if isinstance(item, str | int | float | bool) or item is None else str(item)


def other_labels(labels: Mapping[str, npt.ArrayLike], attribute: str) -> dict[str, Array]:
    """Return the other columns of two values, coded 0 and 1."""
    columns = {name: np.asarray(column) for name, column in labels.items()}
    return {
        name: np.unique(column.astype(str), return_inverse=True)[1]
        for name, column in columns.items()
        if name != attribute and _two_valued(column)
    }


def cut_in_two(
    values: Array, above: float | None, top: float | None, bottom: float | None
) -> tuple[Array, Array]:
    """Return which codes have an attribute and which have not: by a threshold, or by shares."""
    if above is not None:
        mask = values > above
        if mask.all() or not mask.any():
            raise LatentError(
                f"scores are from {values.min():g} to {values.max():g}: none on one side of {above:g}"
            )
        return mask, ~mask
    assert top is not None
    bottom = top if bottom is None else bottom
    for label, share in (("top", top), ("bottom", bottom)):
        if not 0 < share <= 0.5:
            raise ParameterError(label, share, "a share above 0, up to 0.5")
    order = np.argsort(values, kind="stable")
    count = [max(1, round(share * len(values))) for share in (top, bottom)]
    return order[-count[0] :], order[: count[1]]


def _two_valued(column: Array) -> bool:
    values = set(column.tolist())
    return len(values) == 2 and not any(map(_missing, values))


def _missing(value: object) -> bool:
    return value is None or value != value or (isinstance(value, str) and not value.strip())


def _plain(value: object) -> str:
    """Return a label as text: 1, 1.0 and True in one way each."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    text = str(value).strip()
    return text.lower() if text.lower() in ("true", "false") else text
