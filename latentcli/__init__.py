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
    from latentcli.core.interpolation import lerp, slerp
    from latentcli.core.metrics.dcimig import dcimig
    from latentcli.core.metrics.dmig import dmig
    from latentcli.core.metrics.infomec import infomec
    from latentcli.core.metrics.jemmig import jemmig
    from latentcli.core.metrics.med import med
    from latentcli.core.metrics.mig import mig
    from latentcli.core.metrics.modularity import modularity
    from latentcli.errors import (
        FileError,
        FormatError,
        LatentError,
        UsageError,
        WordError,
    )
    from latentcli.space import Space, open

_HOMES = {
    "lerp": "latentcli.core.interpolation",
    "slerp": "latentcli.core.interpolation",
    "dcimig": "latentcli.core.metrics.dcimig",
    "dmig": "latentcli.core.metrics.dmig",
    "infomec": "latentcli.core.metrics.infomec",
    "jemmig": "latentcli.core.metrics.jemmig",
    "med": "latentcli.core.metrics.med",
    "mig": "latentcli.core.metrics.mig",
    "modularity": "latentcli.core.metrics.modularity",
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
    "dcimig",
    "dmig",
    "infomec",
    "jemmig",
    "lerp",
    "med",
    "mig",
    "modularity",
    "open",
    "slerp",
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
