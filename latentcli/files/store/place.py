"""Where the cache is, and which files and folders are this user's alone."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any

_PRIVATE: list[Any] = []


def cache_dir() -> Path:
    """Return the cache folder: $LATENT_CACHE_DIR, $XDG_CACHE_HOME/latent or ~/.cache/latent.

    Without a home it is in $XDG_RUNTIME_DIR if that is this user's alone, else a private folder that
    lasts as long as this process.
    """
    if own := os.environ.get("LATENT_CACHE_DIR"):
        return Path(own)
    shared = os.environ.get("XDG_CACHE_HOME", "")
    if Path(shared).is_absolute():  # as the specification has it, others are not meant
        return Path(shared) / "latent"
    if home := _home():
        return home / ".cache" / "latent"
    runtime = Path(os.environ.get("XDG_RUNTIME_DIR", ""))
    if runtime.is_absolute() and is_private(runtime):
        return runtime / "latent"
    return _private() / "latent"


def _home() -> Path | None:
    """Return the home folder; None for an empty or relative $HOME of a user who has no other."""
    if Path(os.environ.get("HOME", "")).is_absolute() or os.name == "nt":
        with suppress(RuntimeError):
            return Path.home()
        return None
    try:
        import pwd

        home = pwd.getpwuid(os.getuid()).pw_dir
    except (ImportError, KeyError):
        return None
    return Path(home) if Path(home).is_absolute() else None


def _private() -> Path:
    """Return a folder of this process, with a name that nobody can know before; removed by `close`."""
    import tempfile

    if not _PRIVATE:
        _PRIVATE.append(tempfile.TemporaryDirectory(prefix="latent-"))
    return Path(_PRIVATE[0].name)


def close() -> None:
    """Remove what was made for this process alone."""
    while _PRIVATE:
        _PRIVATE.pop().cleanup()


def is_private(folder: Path) -> bool:
    """Tell whether a folder is no link, is this user's, and takes nothing from others."""
    status = folder.lstat()
    return stat.S_ISDIR(status.st_mode) and is_mine(status)


def is_mine(status: os.stat_result) -> bool:
    """Tell whether a file is this user's, and takes nothing from others."""
    if not hasattr(os, "geteuid"):  # Windows: the profile's rights hold
        return True
    return status.st_uid == os.geteuid() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
