"""Make the pictures of docs/gallery.md with the commands that stand there: `python make_gallery.py FOLDER`.

Needs `pip install 'latentcli[decode]'`. Every picture is made by a `latent` command line, printed as it is run.
"""

from __future__ import annotations

import os
import shlex
import sys
import tempfile
from pathlib import Path

import numpy as np

import latentcli
from latentcli.cli.app import main
from latentcli.files import samples

PICTURES = (
    "interp 'digits::codes[0]' 'digits::codes[1]' --steps 9 --decoder digits --strip lerp.png",
    (
        "interp 'digits::codes[0]' 'digits::codes[1]' --slerp --steps 9 --decoder digits"
        " --strip slerp.png --gif slerp.gif"
    ),
    *(
        f"traverse 'shapes-beta{beta}::codes[2380]' --range -2:2:7"
        f" --decoder shapes-beta{beta} --strip traverse-beta{beta}.png"
        for beta in (1, 4)
    ),
    "direction digits::codes --scores slant.npy --method ridge -o slant-direction.npy",
    (
        "edit 'digits::codes[4:8]' slant-direction.npy --sd digits::codes --by -3:3:7"
        " --decoder digits --strip slant.png"
    ),
    "mix rows.npy columns.npy --layers {place} --axes NLD --decoder shapes-beta4 --strip mix.png",
    (
        "truncate 'digits::codes[0:8]' --mean-of digits::codes --psi 1 --decoder digits"
        " --strip psi-1.png"
    ),
    (
        "truncate 'digits::codes[0:8]' --mean-of digits::codes --psi 0.4 --decoder digits"
        " --strip psi-0.4.png"
    ),
    (
        "interp 'digits::codes[{first}]' 'digits::codes[{second}]' --steps 9"
        " --reference digits::codes --decoder digits --strip hole.png"
    ),
)


def slants() -> np.ndarray:
    """Return the slant of each decoded digit (N,): how far its ink moves sideways from row to row.

    The covariance of the place across and the place down over the variance of the place down.
    """
    images = latentcli.decode("digits::codes", "digits").images
    assert images is not None
    ink = images[..., 0] / images.sum(axis=(1, 2, 3))[:, None, None]
    down, across = np.mgrid[: ink.shape[1], : ink.shape[2]]
    middle = [(ink * place).sum(axis=(1, 2))[:, None, None] for place in (down, across)]
    away = down - middle[0]
    slant = (ink * away * (across - middle[1])).sum(axis=(1, 2))
    return -slant / (ink * away**2).sum(axis=(1, 2))


def places() -> str:
    """Return the dimensions of beta 4 that know most of x and y, as a range."""
    codes = np.asarray(latentcli.load("shapes-beta4::codes").values, dtype=np.float64)
    table = np.genfromtxt(samples.path("shapes.csv"), delimiter=",", skip_header=1)
    found = [
        max(
            range(codes.shape[1]),
            key=lambda d, f=factor: abs(np.corrcoef(codes[:, d], f)[0, 1]),
        )
        for factor in table[:, 3:].T
    ]
    return ",".join(str(one) for one in sorted(set(found)))


def hole() -> tuple[int, int]:
    """Return two digits of 1,000 pairs whose middle is farthest from all codes."""
    codes = np.asarray(latentcli.load("digits::codes").values, dtype=np.float64)
    pairs = np.random.default_rng(0).integers(0, len(codes), (1000, 2))
    middles = codes[pairs].mean(axis=1)
    away = [float(((codes - middle) ** 2).sum(axis=1).min()) for middle in middles]
    first, second = pairs[int(np.argmax(away))]
    return int(first), int(second)


def make(folder: Path) -> None:
    """Run the commands in a folder of its own, and move the pictures to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    before = Path.cwd()
    with tempfile.TemporaryDirectory() as work:
        os.chdir(work)
        np.save("slant.npy", slants())
        codes = np.asarray(latentcli.load("shapes-beta4::codes").values, dtype=np.float32)
        np.save("rows.npy", codes[[100, 1700, 3300], :, None])
        np.save("columns.npy", codes[[0, 7, 56, 63], :, None])
        first, second = hole()
        known = {"first": first, "second": second, "place": places()}
        for line in PICTURES:
            line = line.format(**known)
            print(f"latent {line}", flush=True)
            if main([*shlex.split(line), "-q"]):
                raise SystemExit(f"failed: {line}")
        os.chdir(before)
        for file in [*Path(work).glob("*.png"), *Path(work).glob("*.gif")]:
            (folder / file.name).write_bytes(file.read_bytes())


if __name__ == "__main__":
    make(Path(sys.argv[1]))
