"""What every metric says about itself, readable without importing its numerics.

A metric's module holds a literal `ABOUT = About(...)` and a function of its own name. Help and the
list of metrics need nothing else, so they read both from the module's source (as setuptools reads
`attr:` directives), which takes a millisecond where importing NumPy takes many.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from typing import Any


@dataclass(frozen=True)
class About:
    """What a metric is: shown by its help, by `latent metrics` and in the docs.

    Attributes
    ----------
    formula
        The definition, as the predicate of "it is".
    range
        The values that it can take.
    reading
        How to read it: what the best value means, first.
    limitations
        When not to trust it, in whole sentences.
    source
        Authors and year.
    factors
        Whether it needs ground-truth factors.
    whole_rows
        Whether it looks at all factors of a row at once: rows that miss one are left out.
    read_with
        Scores of the summary to be read together with the value.
    estimators
        The values of its parameter `estimator`, each with what it is in a few words.
    compat
        Libraries whose settings it can take, each with the settings that do it.
    differences
        What of other libraries is not reproduced, and why.
    ceiling
        What bounds the score of perfect codes, or why no `ceiling` is computed.
    perfect_codes
        Whether `ceiling` is the score of the factors as codes, by the whole protocol.
    by_size
        Whether larger dimensions count more: perfect codes are then as large as those at hand.
    no_ceiling
        Estimators that would take too long to score perfect codes as well.
    """

    formula: str
    range: str
    reading: str
    limitations: str
    source: str
    factors: bool = True
    whole_rows: bool = False
    read_with: tuple[str, ...] = ()
    estimators: Mapping[str, str] = field(default_factory=dict)
    compat: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    differences: str = ""
    ceiling: str = ""
    perfect_codes: bool = False
    by_size: bool = False
    no_ceiling: tuple[str, ...] = ()

    @property
    def bounds(self) -> tuple[float, float]:
        """The least and the largest value that `range` names; infinite where it names none.

        >>> About("", "0.5 (no information) to 1", "", "", "").bounds
        (0.5, 1.0)
        """
        first = re.match(r"(-?[\d.]+) (?:\([^)]*\) )?to ", self.range)
        last = re.match(r".*? to (-?[\d.]+)(?!\S)|.*? to (-?[\d.]+)[;,]", self.range)
        high = next(filter(None, last.groups())) if last else "inf"
        return float(first[1] if first else "-inf"), float(high)


PARAMETERS: dict[str, str] = {
    "bins": "Number of bins for each dimension.",
    "binning": "How bins are laid: width (equally wide), distinct (distinct values where a "
    "dimension has at most `bins`), quantile (equally full) or fixed (between `limits`).",
    "limits": "Where fixed bins begin and end.",
    "sensitivity": "Also score with 5, 10, 20, 50 and 100 bins.",
    "estimator": "The estimator.",
    "blocks": "Dimensions that are one latent together, such as 0-3,4-7.",
    "neighbors": "Number of nearest neighbors of the estimator knn.",
    "test": "Share of the rows held out for testing.",
    "batch": "Rows in one batch.",
    "train": "Number of training points.",
    "evaluate": "Number of evaluation points.",
    "threshold": "Dimensions whose standard deviation is smaller are left out.",
    "quantile": "Quantile of the deviations that stands for the largest one.",
    "limit": "Maximum number of rows used; 0 or None for all.",
    "ci": "Coverage of the confidence intervals; 0 or None for none.",
    "seed": "Random seed.",
    "progress": "Called as `progress(done, total)`.",
    "continuous": "Names of factors that are quantities.",
    "discrete": "Names of factors that are classes.",
    "periodic": "Names of factors that are angles in radians, or the period of each: `{'angle': 360}`.",
    "factor_bins": "Number of equally wide classes into which a continuous factor is cut.",
    "compat": "A library whose settings are taken where none are given.",
}
"""What each keyword of a metric means, for the docstrings and the command line alike."""


def about(name: str) -> About:
    """Return what a metric of the table says about itself, without importing it."""
    found: About = _read(name)[0]
    return found


def parameters(name: str) -> dict[str, Any]:
    """Return the keyword parameters of a metric's function with their defaults."""
    return dict(_read(name)[1])


@cache
def _read(name: str) -> tuple[About, dict[str, Any]]:
    label = name.replace("-", "_")
    spec = find_spec(f"latentcli.disentanglement._{label}")
    assert spec is not None
    source = spec.loader.get_source(spec.name)  # type: ignore[union-attr]
    tree = ast.parse(source)
    (literal,) = (
        node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "ABOUT"
    )
    (function,) = (
        node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == label
    )
    defaults = zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True)
    assert isinstance(literal, ast.Call)
    fields = {word.arg: ast.literal_eval(word.value) for word in literal.keywords if word.arg}
    return About(**fields), {
        argument.arg: default and ast.literal_eval(default) for argument, default in defaults
    }
