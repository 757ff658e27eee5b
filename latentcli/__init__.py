"""Look into vector spaces: word embeddings and latent codes.

Nothing heavy is imported until a name is used.

Examples
--------
>>> import latentcli
>>> space = latentcli.open()  # the bundled sample vectors
>>> [hit.word for hit in space.analogy("king", "man", "woman", top=2)]
['queen', 'monarch']
"""

import os
import sys

if getattr(sys, "argv", [""])[0] == "-m" or sys.argv[0].endswith(("/latent", "latent.exe")):
    # This is the command, not the library: until it runs and has something to clean up, Ctrl-C just
    # ends it. The modules above are there already, and so is this C module; what is read from the disk before
    # could be interrupted in between: `signal`, `__future__`.
    import _signal  # type: ignore[import-not-found]

    _signal.signal(_signal.SIGINT, lambda *_: os._exit(130))

from typing import TYPE_CHECKING, Any

from latentcli._lazy import attach
from latentcli._version import __version__
from latentcli.disentanglement import METRIC_NAMES  # noqa: TID253 - a plain table that imports nothing

if TYPE_CHECKING:
    from latentcli.comparison._align import align
    from latentcli.comparison._align_slices import align_slices
    from latentcli.comparison._compare import compare
    from latentcli.comparison._compare_several import compare_several
    from latentcli.comparison._drift import drift
    from latentcli.disentanglement._betavae import betavae as betavae
    from latentcli.disentanglement._dci import dci as dci
    from latentcli.disentanglement._dci_es import dci_es as dci_es
    from latentcli.disentanglement._dcimig import dcimig as dcimig
    from latentcli.disentanglement._disentanglement_report import disentanglement_report
    from latentcli.disentanglement._dmig import dmig as dmig
    from latentcli.disentanglement._explicitness import explicitness as explicitness
    from latentcli.disentanglement._factorvae import factorvae as factorvae
    from latentcli.disentanglement._identifiability import identifiability as identifiability
    from latentcli.disentanglement._infomec import infomec as infomec
    from latentcli.disentanglement._irs import irs as irs
    from latentcli.disentanglement._jemmig import jemmig as jemmig
    from latentcli.disentanglement._mcc import mcc as mcc
    from latentcli.disentanglement._med import med as med
    from latentcli.disentanglement._mig import mig as mig
    from latentcli.disentanglement._modularity import modularity as modularity
    from latentcli.disentanglement._mutual_information_score import (
        mutual_information_score as mutual_information_score,
    )
    from latentcli.disentanglement._sap import sap as sap
    from latentcli.disentanglement._score_curve import score_curve
    from latentcli.disentanglement._score_models import score_models
    from latentcli.disentanglement._sweep import sweep
    from latentcli.disentanglement._total_correlation import (
        total_correlation as total_correlation,
    )
    from latentcli.disentanglement._udr import udr
    from latentcli.disentanglement._wasserstein_dependence import (
        wasserstein_dependence as wasserstein_dependence,
    )
    from latentcli.disentanglement._zmaxvar import zmaxvar as zmaxvar
    from latentcli.errors import FileError, FormatError, LatentError, ParameterError, WordError
    from latentcli.files.downloads import download
    from latentcli.geometry._capacity import capacity
    from latentcli.geometry._duplicates import duplicates
    from latentcli.geometry._geometry_report import geometry_report
    from latentcli.geometry._groups import clusters
    from latentcli.geometry._outliers import outliers
    from latentcli.latents import (
        contrast_directions,
        direction,
        direction_cosines,
        direction_of_labels,
        direction_of_scores,
        edit,
        grid,
        interp,
        lerp,
        mix,
        pca_directions,
        project,
        sample_z,
        sefa_directions,
        slerp,
        traverse,
        truncate,
        typical,
        with_nearest,
    )
    from latentcli.opening import load, open, save
    from latentcli.pictures import Decoder, decode, smoothness, space_map
    from latentcli.results import Interval, Result
    from latentcli.words._represent import represent
    from latentcli.words._space import Space
    from latentcli.words._training import train
    from latentcli.words.evaluation import (
        compare_evaluations,
        evaluate_analogies,
        evaluate_categories,
        evaluate_odd,
        evaluate_recall,
        evaluate_retrieval,
        evaluate_run,
        evaluate_similarity,
        weat,
    )

_HOMES: dict[str, str] = {
    **{name: f"latentcli.disentanglement._{name}" for name in METRIC_NAMES},
    **dict.fromkeys(
        (
            "contrast_directions", "direction", "direction_cosines", "direction_of_labels",
            "pca_directions", "sefa_directions", "direction_of_scores",
            "edit", "grid", "interp", "lerp", "mix", "project", "sample_z", "slerp", "traverse",
            "truncate", "typical", "with_nearest",
        ),
        "latentcli.latents",
    ),
    **dict.fromkeys(
        (
            "compare_evaluations", "evaluate_analogies", "evaluate_categories", "evaluate_odd", "evaluate_recall", "evaluate_retrieval", "evaluate_run",
            "evaluate_similarity",
            "weat",
        ),
        "latentcli.words.evaluation",
    ),
    **dict.fromkeys(
        ("capacity", "clusters", "duplicates", "geometry_report", "outliers"), "latentcli.geometry"
    ),
    **dict.fromkeys(
        ("align", "align_slices", "compare", "compare_several", "drift"), "latentcli.comparison"
    ),
    "download": "latentcli.files.downloads",
    "train": "latentcli.words._training",
    "disentanglement_report": "latentcli.disentanglement._disentanglement_report",
    "score_curve": "latentcli.disentanglement._score_curve",
    "score_models": "latentcli.disentanglement._score_models",
    "sweep": "latentcli.disentanglement._sweep",
    "udr": "latentcli.disentanglement._udr",
    **dict.fromkeys(("Decoder", "decode", "smoothness", "space_map"), "latentcli.pictures"),
    **dict.fromkeys(("load", "open", "save"), "latentcli.opening"),
    "Space": "latentcli.words._space",
    "represent": "latentcli.words._represent",
    **dict.fromkeys(
        (
            "FileError", "FormatError", "LatentError", "ParameterError",
            "WordError",
        ),
        "latentcli.errors",
    ),
    **dict.fromkeys(("Interval", "Result"), "latentcli.results"),
}  # fmt: skip
"""Every public name, and the module it is imported from when it is first used."""

__all__ = [
    "Decoder",
    "FileError",
    "FormatError",
    "Interval",
    "LatentError",
    "ParameterError",
    "Result",
    "Space",
    "WordError",
    "__version__",
    "align",
    "align_slices",
    "capacity",
    "clusters",
    "compare",
    "compare_evaluations",
    "compare_several",
    "contrast_directions",
    "decode",
    "direction",
    "direction_cosines",
    "direction_of_labels",
    "direction_of_scores",
    "disentanglement_report",
    "download",
    "drift",
    "duplicates",
    "edit",
    "evaluate_analogies",
    "evaluate_categories",
    "evaluate_odd",
    "evaluate_recall",
    "evaluate_retrieval",
    "evaluate_run",
    "evaluate_similarity",
    "geometry_report",
    "grid",
    "interp",
    "lerp",
    "load",
    "mix",
    "open",
    "outliers",
    "pca_directions",
    "project",
    "represent",
    "sample_z",
    "save",
    "score_curve",
    "score_models",
    "sefa_directions",
    "slerp",
    "smoothness",
    "space_map",
    "sweep",
    "train",
    "traverse",
    "truncate",
    "typical",
    "udr",
    "weat",
    "with_nearest",
]
__all__ += METRIC_NAMES


def _wrap(name: str, value: Any) -> Any:
    """Let functions of arrays take the names of files too."""
    if name == "open" or isinstance(value, type):
        return value
    from latentcli.readers import accepting_files

    return accepting_files(value)


def _hint(name: str) -> str:
    """Return in a phrase what a name that is not here may have meant."""
    from latentcli._guesses import of_library

    return of_library(name)


__getattr__, __dir__ = attach("latentcli", _HOMES, _wrap, _hint)
