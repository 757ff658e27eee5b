"""A folder of frames: an array as one file for each entry of its first axis, in the order of their names."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from latentcli.errors import FileError, FormatError, LatentError, ParameterError, reason, shown
from latentcli.files import array_writing, bounds, outputs
from latentcli.files.outputs import written_beside
from latentcli.files.provenance import meta_of
from latentcli.numerics.types import Array

PROVENANCE = "provenance.json"
"""The file of a folder that says where its frames came from, and which they are."""

ENDINGS = (".npy", ".npz", ".pt", ".pth", ".safetensors", ".latent")
"""What a frame's name ends in."""

_NUMBER = re.compile(r"%(0\d{1,2})?d")
_MOST = 1_000_000


def is_pattern(path: Path) -> bool:
    """Tell whether a name stands for a file for each frame: frames/%04d.npy.

    >>> is_pattern(Path("frames/%04d.npy")), is_pattern(Path("path.npy"))
    (True, False)
    """
    return bool(_NUMBER.search(path.name))


def names_of(path: Path, count: int) -> list[str]:
    """Return the names of so many frames.

    >>> names_of(Path("frames/z%02d.npy"), 2)
    ['z00.npy', 'z01.npy']
    """
    mark = _NUMBER.search(path.name)
    assert mark is not None
    before, after = path.name[: mark.start()], path.name[mark.end() :]
    return [f"{before}{mark[0] % number}{after}" for number in range(count)]


def check(path: Path, *, force: bool) -> str:
    """Return the format of the frames; an error if they cannot be written."""
    if len(_NUMBER.findall(path.name)) > 1:
        raise ParameterError(f"{path.name}: one number for each frame, such as %04d.npy")
    name = array_writing.format_of(path)
    folder = path.parent
    if not folder.exists() and not folder.parent.is_dir():
        raise FileError(f"cannot write {path}: there is no folder {folder.parent}")
    if folder.exists():
        _check_free(path, _first_names(path), force=force)
        outputs.check_side(folder / PROVENANCE, force=force)
    return name


def _first_names(path: Path) -> list[str]:
    return names_of(path, 1)


def _check_free(path: Path, names: Sequence[str], *, force: bool) -> None:
    """Refuse to replace files that the folder's provenance does not list."""
    ours = set(_listed(path))
    for name in names:
        frame = path.parent / name
        outputs.check(frame, force=force, listed=name in ours and not frame.is_symlink())


def _listed(path: Path) -> list[str]:
    """Return the names of the frames that were written to a folder: those that the pattern makes."""
    meta = outputs.read_meta(path.parent / PROVENANCE) or {}
    found = meta.get("frames")
    before, after = (re.escape(part) for part in _NUMBER.split(path.name)[::2])
    frame = re.compile(rf"{before}\d{{1,9}}{after}", re.ASCII)
    names = found if isinstance(found, list) else []
    return [name for name in names if isinstance(name, str) and frame.fullmatch(name)]


class FrameWriter(array_writing.ArrayWriter):
    """Takes an array block by block, and writes a file for each entry of its first axis."""

    def _check(self, read: Sequence[Path]) -> str:
        self._ending = check(self.path, force=self._force)
        return "frames"

    def finish(
        self,
        shape: tuple[int, ...],
        *,
        command: str,
        settings: dict[str, Any],
        extra: dict[str, Any] | None = None,
    ) -> None:
        """Write the frames, then the file that lists them; after an error none of them is new."""
        assert self._dtype is not None
        folder, names = self.path.parent, names_of(self.path, shape[0])
        meta = meta_of(command, settings, self._inputs, extra) | {"frames": names}
        new: list[Path] = []
        try:
            self._file.flush()
            folder.mkdir(exist_ok=True)
            _check_free(self.path, names, force=self._force)
            old = set(_listed(self.path)) - set(names)
            values = np.memmap(self._file, self._dtype, "r", array_writing.HEADER, shape)
            for name, frame in zip(names, values, strict=True):
                new += [] if (folder / name).exists() else [folder / name]
                with written_beside(folder / name) as part:
                    array_writing.write_as(self._ending, part, np.asarray(frame), meta)
            with written_beside(folder / PROVENANCE, follow=False) as beside:
                text = json.dumps(meta, ensure_ascii=False, indent=1)
                beside.write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"))
        except (OSError, LatentError) as error:
            for path in new:
                path.unlink(missing_ok=True)
            if isinstance(error, LatentError):
                raise
            raise FileError(f"cannot write {self.path}: {reason(error)}") from error
        for name in old:
            with suppress(OSError):
                (folder / name).unlink()


def read(folder: Path) -> tuple[Array, list[str]]:
    """Read the arrays of a folder as one, in the natural order of their names, and notes.

    Frames of one sample each, (1, ...), are joined along that axis; others are stacked.
    """
    from latentcli.files.load import read_array

    names = sorted(
        (one.name for one in folder.iterdir() if one.suffix.lower() in ENDINGS), key=_natural
    )
    if not names:
        raise FormatError(f"{shown(folder)} is a folder without arrays ({', '.join(ENDINGS)})")
    if len(names) > _MOST:
        raise FormatError(f"{shown(folder)} holds more than {_MOST:,} arrays")
    first = read_array(str(folder / names[0])).values
    bounds.check_total(shown(folder), len(names) * first.nbytes)
    frames = np.empty((len(names), *first.shape), first.dtype)
    for number, name in enumerate(names):
        values = read_array(str(folder / name)).values
        if values.shape != first.shape or values.dtype != first.dtype:
            raise FormatError(
                f"{shown(folder)}: {shown(name)} is {values.shape} {values.dtype}, "
                f"{shown(names[0])} {first.shape} {first.dtype}"
            )
        frames[number] = values
    if first.ndim > 1 and first.shape[0] == 1:
        frames = frames.reshape(len(names), *first.shape[1:])
    said = (
        f"{len(names):,} files, {shown(names[0])} to {shown(names[-1])}, are read as one array"
    )
    return frames, [said]


def meta(folder: Path) -> dict[str, Any]:
    """Return what a folder of frames says of where it came from."""
    return outputs.read_meta(folder / PROVENANCE) or {}


def _natural(name: str) -> list[tuple[int, int | str]]:
    """Return what sorts frame2 before frame10."""
    parts = re.split(r"(\d{1,18})", name)
    return [(0, int(part)) if part.isdigit() else (1, part) for part in parts]
