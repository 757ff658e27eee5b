"""`latent direction POS NEG`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.arrays import Axes, Saving
from latentcli.cli.edits import Loaded, load_direction
from latentcli.cli.options import Output
from latentcli.errors import LatentError, UsageError, check_choice
from latentcli.results import Record, Report

if TYPE_CHECKING:
    from latentcli.numerics.types import Array

COLUMNS = ("attribute", "norm", "separation", "held_out_auc")


def command(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="POS NEG | CODES",
            help="Codes with and codes without the attribute; or all, with --labels.",
        ),
    ],
    axes: Axes,
    saving: Saving,
    output: Output,
    labels: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Table of labels, a row for each code."),
    ] = None,
    attribute: Annotated[
        str | None, typer.Option(metavar="NAME", help="The column of the attribute.")
    ] = None,
    positive: Annotated[
        str | None,
        typer.Option(metavar="VALUE", help="The value that has it, if not 1 or true."),
    ] = None,
    balance: Annotated[
        bool,
        typer.Option(help="Weigh every combination of the other two-valued labels the same."),
    ] = True,
    method: Annotated[
        str, typer.Option(metavar="METHOD", help="mean, logistic, svm or ridge.")
    ] = "mean",
    orthogonal_to: Annotated[
        list[str] | None,
        typer.Option(metavar="DIR", help="Take out what it shares with this; repeatable."),
    ] = None,
    space: Annotated[
        str | None, typer.Option(metavar="NAME", help="The space, kept in the file: z, w, ...")
    ] = None,
    seed: Annotated[int, typer.Option(metavar="N", help="For what is held out.")] = 0,
) -> None:
    """Find the direction of an attribute in a latent space.

    From codes of both sides, or from labelled codes. The default is the difference of the
    means, balanced over the other labels, as are the numbers shown. Separation is the distance of
    the two sides along it in standard deviations; the AUC is of 30 % of the codes, held out when
    each side has 10. -o writes the direction
    at length 1 with its intercept, scale and origin.

    Examples:

    latent direction 'codes.npy[8:]' 'codes.npy[:4]'

    latent direction codes.npy --labels factors.csv --attribute shape --positive circle
    """
    import warnings

    from latentcli.latents import _directions as directions

    check_choice("method", method, directions.METHODS)
    saving.check()
    sides = _sides(files, labels, attribute, positive, balance, axes, output)
    size = sides.positive.shape[1]
    without = [_flat(load_direction(address), size) for address in orthogonal_to or []]
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = directions.find(
            sides.positive,
            sides.negative,
            method=method,
            seed=seed,
            others=sides.others,
            without=without,
        )
    settings: Record = {
        "codes": " ".join(files), "labels": labels, "attribute": attribute,
        "positive": len(sides.positive), "negative": len(sides.negative), "method": method,
        "balanced_over": " ".join(sides.names) or None,
        "orthogonal_to": " ".join(orthogonal_to) if orthogonal_to else None,
        "space": space, "seed": seed,
    }  # fmt: skip
    known = {
        "space": space,
        "norm": found.norm,
        "intercept": found.intercept,
        "scale": found.scale,
        "separation": found.separation,
        "held_out_auc": found.auc,
    }
    from latentcli.files.codes import Result

    shaped = found.vector.reshape(sides.shape)
    extra = {"direction": known}
    inputs = [*files, *([labels] if labels else []), *(orthogonal_to or [])]
    saving.save(Result.of(shaped), "direction", settings, inputs, output, extra)
    name = attribute or f"{files[0]} against {files[1]}"
    record: Record = {
        "attribute": name,
        "norm": found.norm,
        "separation": found.separation,
        "held_out_auc": found.auc,
    }
    summary: Record = {"intercept": found.intercept, "scale": found.scale}
    if without:
        summary["cosine_kept"] = found.kept
    notes = [] if found.auc is not None else ["too few codes to hold some out: no AUC"]
    if warned:
        said = " ".join(str(warned[0].message).split())
        notes.append(f"{method}: {said}")
    output.show(
        Report(
            "direction",
            COLUMNS,
            [record],
            settings=settings,
            summary=summary,
            notes=tuple(notes),
        )
    )


class _Sides:
    """Codes of both sides (N, D), flattened; other labels of each; and the shape of one code."""

    def __init__(
        self,
        positive: Array,
        negative: Array,
        others: tuple[Array, Array] | None = None,
        names: list[str] | None = None,
    ) -> None:
        if positive.shape[1:] != negative.shape[1:]:
            raise LatentError(
                f"the two sides have codes of shape {positive.shape[1:]} and {negative.shape[1:]}"
            )
        self.shape = positive.shape[1:]
        self.positive = positive.reshape(len(positive), -1)
        self.negative = negative.reshape(len(negative), -1)
        self.others = others
        self.names = names or []


def _sides(
    files: list[str],
    labels: str | None,
    attribute: str | None,
    positive: str | None,
    balance: bool,
    axes: Axes,
    output: Output,
) -> _Sides:
    """Read the two sides, from two files or by a column of labels."""
    import numpy as np

    if labels is None:
        if len(files) != 2:
            raise UsageError(
                "name two files, POS and NEG; or one, with --labels and --attribute"
            )
        first, second = (axes.load(file, output).rows() for file in files)
        return _Sides(first, second)
    if len(files) != 1 or attribute is None:
        raise UsageError("with --labels name one file of codes, and --attribute NAME")
    from latentcli.files import labels as label_files

    codes = axes.load(files[0], output).rows()
    table = label_files.read_table(labels)
    if attribute not in table:
        raise LatentError(f"{labels}: no column '{attribute}'; it has {', '.join(table)}")
    sizes = {len(column) for column in table.values()}
    if sizes != {len(codes)}:
        raise LatentError(f"{labels}: {sizes.pop():,} labels for {len(codes):,} codes")
    mask = _binary(table[attribute], attribute, positive)
    others = {
        name: column
        for name, column in table.items()
        if balance and name != attribute and _two_valued(column)
    }
    if not others:
        return _Sides(codes[mask], codes[~mask])
    coded = np.column_stack(
        [np.unique(c.astype(str), return_inverse=True)[1] for c in others.values()]
    )
    return _Sides(codes[mask], codes[~mask], (coded[mask], coded[~mask]), list(others))


def _binary(column: Array, name: str, positive: str | None) -> Array:
    """Return which rows have the attribute."""
    import numpy as np

    missing = [row for row, value in enumerate(column.tolist()) if _missing(value)]
    if missing:
        raise LatentError(
            f"'{name}' has no value in row {missing[0]:,}"
            + (f" and {len(missing) - 1:,} more" if len(missing) > 1 else "")
            + "; leave those codes and labels out"
        )
    texts = np.array([_plain(value) for value in column.tolist()])
    values = sorted(set(texts.tolist()))
    if len(values) == 1:
        raise LatentError(
            f"all {len(texts):,} codes have '{name}' = {values[0]}: there is no other side"
        )
    if positive is None:
        if values not in (["0", "1"], ["false", "true"], ["-1", "1"]):
            raise UsageError(
                f"'{name}' has the values {', '.join(values[:6])}"
                f"{', ...' if len(values) > 6 else ''}; say which has it: --positive VALUE"
            )
        positive = values[1]
    if _plain(positive) not in values:
        raise LatentError(f"no row of '{name}' is '{positive}'; it has {', '.join(values[:6])}")
    mask: Array = texts == _plain(positive)
    return mask


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


def _flat(other: Loaded, size: int) -> Array:
    if other.vector.size != size:
        raise LatentError(
            f"{other.address}: shape {other.vector.shape} does not fit {size} dimensions"
        )
    return other.vector.ravel()
