"""Images to the bytes of files: PNG, animated GIF and WebP, MP4 through ffmpeg, WAV."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import wave
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from latentcli.errors import FileError, LatentError, ParameterError, shown
from latentcli.numerics.types import Array
from latentcli.pictures._strip import rgb
from latentcli.results import Scalar

ANIMATIONS: tuple[str, ...] = (".gif", ".webp", ".mp4")
"""The endings of animations."""

FPS = 12.0
"""Frames a second, unless others are named."""


def png(picture: Array, provenance: Mapping[str, Scalar]) -> bytes:
    """Return a picture (H, W, 3) uint8 as PNG, with where it came from in its text."""
    from PIL import Image, PngImagePlugin

    text = PngImagePlugin.PngInfo()
    text.add_text("Software", "latent")
    text.add_itxt("latent", json.dumps(dict(provenance), ensure_ascii=False))
    made = io.BytesIO()
    Image.fromarray(picture).save(made, "PNG", pnginfo=text)
    return made.getvalue()


def write_animation(images: Array, path: Path, ending: str, *, fps: float = FPS) -> None:
    """Write images (N, H, W, C) uint8 as an animation that repeats; `ending` is one of `ANIMATIONS`.

    Raises ParameterError for a rate that is not above 0, and LatentError where .mp4 is named
    without ffmpeg.
    """
    if not 0 < fps <= 1000:
        raise ParameterError("fps", fps, "above 0, up to 1,000")
    if ending == ".mp4":
        _write_mp4(images, path, fps)
        return
    from PIL import Image

    frames = [Image.fromarray(rgb(image)) for image in images]
    options = {"lossless": True} if ending == ".webp" else {}
    frames[0].save(
        path, ending.removeprefix(".").upper(), save_all=True, append_images=frames[1:],
        duration=round(1000 / fps), loop=0, **options,
    )  # fmt: skip


def _write_mp4(images: Array, path: Path, fps: float) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise LatentError(
            ".mp4 is written by ffmpeg, which is not installed; .gif and .webp are not"
        )
    height, width = images.shape[1:3]
    even = np.pad(images, ((0, 0), (0, height % 2), (0, width % 2), (0, 0)), mode="edge")
    frames = np.stack([rgb(image) for image in even])
    size = f"{frames.shape[2]}x{frames.shape[1]}"
    command = [
        program, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", size,
        "-r", f"{fps:g}", "-i", "-", "-pix_fmt", "yuv420p", "-f", "mp4", str(path),
    ]  # fmt: skip
    done = subprocess.run(command, input=frames.tobytes(), capture_output=True, check=False)
    if done.returncode:
        raise FileError(f"ffmpeg cannot write {path.name}: {shown(done.stderr.decode(), 200)}")


def write_wav(samples: Array | None, path: Path, rate: int) -> None:
    """Write sounds (N, samples) from -1 to 1 as one WAV file, one after the other.

    Raises LatentError for outputs of another shape.
    """
    if samples is None or samples.squeeze().ndim > 2:
        shape = None if samples is None else samples.shape
        raise LatentError(f"outputs of shape {shape} are not sounds (N, samples)")
    if not 1 <= rate <= 768_000:
        raise ParameterError("rate", rate, "from 1 to 768,000 samples a second")
    whole = np.nan_to_num(np.clip(samples.reshape(-1), -1.0, 1.0))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((whole * 32767).astype("<i2").tobytes())
