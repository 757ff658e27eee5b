"""Look into vector spaces: word embeddings and latent codes.

>>> import latentcli
>>> space = latentcli.open()  # the bundled sample vectors
>>> [hit.word for hit in space.analogy("king", "man", "woman", top=2)]
['queen', 'monarch']

Nothing heavy is imported until a name is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from latentcli.disentanglement._betavae import betavae
    from latentcli.disentanglement._dci import dci
    from latentcli.disentanglement._dcimig import dcimig
    from latentcli.disentanglement._dmig import dmig
    from latentcli.disentanglement._explicitness import explicitness
    from latentcli.disentanglement._factorvae import factorvae
    from latentcli.disentanglement._infomec import infomec
    from latentcli.disentanglement._irs import irs
    from latentcli.disentanglement._jemmig import jemmig
    from latentcli.disentanglement._med import med
    from latentcli.disentanglement._mig import mig
    from latentcli.disentanglement._modularity import modularity
    from latentcli.disentanglement._mutual_information_score import mutual_information_score
    from latentcli.disentanglement._sap import sap
    from latentcli.disentanglement._total_correlation import total_correlation
    from latentcli.disentanglement._wasserstein_dependence import wasserstein_dependence
    from latentcli.disentanglement._zmaxvar import zmaxvar
    from latentcli.errors import FileError, FormatError, LatentError, UsageError, WordError
    from latentcli.latents._interpolation import lerp, slerp
    from latentcli.opening import open
    from latentcli.words._space import Space

_HOMES = {
    "lerp": "latentcli.latents._interpolation",
    "slerp": "latentcli.latents._interpolation",
    "betavae": "latentcli.disentanglement._betavae",
    "dci": "latentcli.disentanglement._dci",
    "dcimig": "latentcli.disentanglement._dcimig",
    "dmig": "latentcli.disentanglement._dmig",
    "explicitness": "latentcli.disentanglement._explicitness",
    "factorvae": "latentcli.disentanglement._factorvae",
    "infomec": "latentcli.disentanglement._infomec",
    "irs": "latentcli.disentanglement._irs",
    "jemmig": "latentcli.disentanglement._jemmig",
    "med": "latentcli.disentanglement._med",
    "mig": "latentcli.disentanglement._mig",
    "modularity": "latentcli.disentanglement._modularity",
    "mutual_information_score": "latentcli.disentanglement._mutual_information_score",
    "sap": "latentcli.disentanglement._sap",
    "total_correlation": "latentcli.disentanglement._total_correlation",
    "wasserstein_dependence": "latentcli.disentanglement._wasserstein_dependence",
    "zmaxvar": "latentcli.disentanglement._zmaxvar",
    "open": "latentcli.opening",
    "Space": "latentcli.words._space",
    "LatentError": "latentcli.errors",
    "UsageError": "latentcli.errors",
    "FileError": "latentcli.errors",
    "FormatError": "latentcli.errors",
    "WordError": "latentcli.errors",
}

__all__ = [
    "FileError",
    "FormatError",
    "LatentError",
    "Space",
    "UsageError",
    "WordError",
    "__version__",
    "betavae",
    "dci",
    "dcimig",
    "dmig",
    "explicitness",
    "factorvae",
    "infomec",
    "irs",
    "jemmig",
    "lerp",
    "med",
    "mig",
    "modularity",
    "mutual_information_score",
    "open",
    "sap",
    "slerp",
    "total_correlation",
    "wasserstein_dependence",
    "zmaxvar",
]


def __getattr__(name: str) -> Any:
    """Import a public name from its home when it is first used (PEP 562)."""
    if name not in _HOMES:
        raise AttributeError(f"module 'latentcli' has no attribute '{name}'")
    from importlib import import_module

    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
