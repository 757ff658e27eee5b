"""Train the sample models and write their files into a folder: `python make_samples.py FOLDER`.

Needs `pip install jax optax onnx scikit-learn`. Half an hour on two cores; the same seeds give the same models on
the same versions and processor.
"""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import jax
import numpy as np
from render_shapes import FACTORS, render
from vae import (
    Setting,
    means,
    measure,
    reconstruction_errors,
    save_decoder,
    save_encoder,
    train,
)

BETAS = (1, 4, 16)


def shapes(folder: Path) -> dict[str, dict[str, float]]:
    """Train beta-VAEs on rendered shapes with the same seed and data; return their errors."""
    images, rows = render()
    with (folder / "shapes.csv").open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(FACTORS)
        writer.writerows(rows)
    found, errors = {}, {}
    for beta in BETAS:
        name = f"shapes-beta{beta}"
        parameters = train(images, Setting(size=32, dimensions=10, beta=beta))
        codes = means(parameters, images)
        np.savez_compressed(folder / f"{name}.npz", codes=codes.astype(np.float16))
        save_decoder(parameters, folder / f"{name}-decoder.onnx")
        found[name] = measure(parameters, images)
        errors[f"beta{beta}"] = reconstruction_errors(parameters, images)
    with (folder / "shapes-errors.csv").open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(errors)
        writer.writerows(
            [f"{error:.2f}" for error in row] for row in zip(*errors.values(), strict=True)
        )
    return found


def digits(folder: Path) -> dict[str, float]:
    """Train a VAE on scikit-learn's scans of digits; write codes, labels, decoder and encoder."""
    from sklearn.datasets import load_digits

    scans = load_digits()
    small = (scans.images / 16).astype(np.float32)[:, None]
    images = np.asarray(jax.image.resize(small, (len(small), 1, 16, 16), "linear"))
    images = np.clip(images, 0, 1)
    parameters = train(images, Setting(size=16, dimensions=8, beta=0.5, steps=20_000))
    np.savez_compressed(
        folder / "digits.npz",
        codes=means(parameters, images),
        labels=scans.target.astype(np.uint8),
    )
    save_decoder(parameters, folder / "digits-decoder.onnx")
    save_encoder(parameters, folder / "digits-encoder.onnx")
    return measure(parameters, images)


if __name__ == "__main__":
    where = Path(sys.argv[1])
    where.mkdir(parents=True, exist_ok=True)
    print(json.dumps({"digits": digits(where), **shapes(where)}, indent=2))
