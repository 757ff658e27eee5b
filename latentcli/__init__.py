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
    from latentcli.core.metrics.betavae import betavae
    from latentcli.core.metrics.dci import dci
    from latentcli.core.metrics.dcimig import dcimig
    from latentcli.core.metrics.dmig import dmig
    from latentcli.core.metrics.explicitness import explicitness
    from latentcli.core.metrics.factorvae import factorvae
    from latentcli.core.metrics.infomec import infomec
    from latentcli.core.metrics.irs import irs
    from latentcli.core.metrics.jemmig import jemmig
    from latentcli.core.metrics.med import med
    from latentcli.core.metrics.mig import mig
    from latentcli.core.metrics.modularity import modularity
    from latentcli.core.metrics.mutual_information_score import mutual_information_score
    from latentcli.core.metrics.sap import sap
    from latentcli.core.metrics.total_correlation import total_correlation
    from latentcli.core.metrics.wasserstein_dependence import wasserstein_dependence
    from latentcli.core.metrics.zmaxvar import zmaxvar
    from latentcli.errors import FileError, FormatError, LatentError, UsageError, WordError
    from latentcli.latents._interpolation import lerp, slerp
    from latentcli.space import Space, open

_HOMES = {
    "lerp": "latentcli.latents._interpolation",
    "slerp": "latentcli.latents._interpolation",
    "betavae": "latentcli.core.metrics.betavae",
    "dci": "latentcli.core.metrics.dci",
    "dcimig": "latentcli.core.metrics.dcimig",
    "dmig": "latentcli.core.metrics.dmig",
    "explicitness": "latentcli.core.metrics.explicitness",
    "factorvae": "latentcli.core.metrics.factorvae",
    "infomec": "latentcli.core.metrics.infomec",
    "irs": "latentcli.core.metrics.irs",
    "jemmig": "latentcli.core.metrics.jemmig",
    "med": "latentcli.core.metrics.med",
    "mig": "latentcli.core.metrics.mig",
    "modularity": "latentcli.core.metrics.modularity",
    "mutual_information_score": "latentcli.core.metrics.mutual_information_score",
    "sap": "latentcli.core.metrics.sap",
    "total_correlation": "latentcli.core.metrics.total_correlation",
    "wasserstein_dependence": "latentcli.core.metrics.wasserstein_dependence",
    "zmaxvar": "latentcli.core.metrics.zmaxvar",
    "open": "latentcli.space",
    "Space": "latentcli.space",
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
