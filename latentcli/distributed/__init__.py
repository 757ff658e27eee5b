"""Sets of any size, in shards, on Dask: block functions of the subjects laid on a cluster.

Nothing else imports it before `--dask` asks for it.
"""

from __future__ import annotations

from latentcli._lazy import attach

__getattr__, __dir__ = attach(
    __name__,
    {
        "Session": f"{__name__}._session",
        **dict.fromkeys(("each_of", "rewritten"), f"{__name__}._files"),
        **dict.fromkeys(("converted", "notes_of", "written_as"), f"{__name__}._converting"),
        "open_points": f"{__name__}._points",
        "open_space": f"{__name__}._opening",
        "survey": f"{__name__}._opening",
        "open_codes": f"{__name__}._codes",
        "read_factors": f"{__name__}._factors",
        "ids_of": f"{__name__}._factors",
        "matched": f"{__name__}._factors",
    },
)
