"""Codes that were changed shard by shard: what is known of each, and the report of all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from latentcli.errors import counted
from latentcli.latents._changing import CodesResult
from latentcli.numerics.types import Array
from latentcli.results import Record, Result


@dataclass(frozen=True, kw_only=True)
class Part:
    """What a report says of the changed codes of one shard: how many, and the means of their measures."""

    rows: int
    means: dict[str, float]
    settings: Record


@dataclass(frozen=True)
class Sum:
    """The sum of the codes of a block, in float64, and how many there are."""

    total: Array
    rows: int


def sum_of_block(block: Any) -> Sum:
    """Return the sum of codes (n, ...): what a mean over blocks is merged from.

    >>> sum_of_block(np.ones((3, 2), np.float32)).total.tolist()
    [3.0, 3.0]
    """
    values = np.asarray(block)
    return Sum(values.sum(axis=0, dtype=np.float64), len(values))


def changed_shard(result: CodesResult, measures: Sequence[str]) -> tuple[Array, Part]:
    """Return the codes of a result, and what is known of them: of its attributes, `measures` too."""
    assert result.codes is not None
    means = {"norm": float(result.norms.mean()), "typicality": float(result.sigmas.mean())}
    for name in measures:
        means[name.removesuffix("s")] = float(getattr(result, name).mean())
    settings = {key: value for key, value in result.settings.items() if key != "shape"}
    return result.codes, Part(rows=len(result.norms), means=means, settings=settings)


def report_of_shards(verb: str, parts: Sequence[Part], names: Sequence[str]) -> Result:
    """Return a record for each shard, and the means over the codes of all."""
    rows = sum(part.rows for part in parts)
    summary: Record = {"rows": rows, "shards": len(parts)}
    for name in parts[0].means:
        summary[f"mean_{name}"] = sum(part.rows * part.means[name] for part in parts) / rows
    return Result(
        title=f"{verb} of {rows:,} codes in {counted(len(parts), 'shard')}",
        columns=("shard", "rows", *parts[0].means),
        records=[
            {"shard": name, "rows": part.rows, **part.means}
            for name, part in zip(names, parts, strict=True)
        ],
        summary=summary,
        settings=dict(parts[0].settings),
    )
