"""Spaces beside each other, and what kind of space one is."""

from __future__ import annotations

import numpy as np
from measuring import Bench, Row, in_turn


def comparison(bench: Bench) -> list[Row]:
    """Two spaces of very many rows; and fewer, beside CKA as it is usually written."""
    rows = 50_000 if bench.quick else 400_000
    few = 4_000 if bench.quick else 10_000
    whole = two_spaces(bench, rows)
    ours = bench.latent("compare", *whole)
    some = two_spaces(bench, few)
    same, plain = in_turn(
        3,
        lambda: bench.latent("compare", *some),
        lambda: bench.peer("cka_gram.py", *some),
    )
    return [
        Row(
            f"latent compare, {rows:,} x 300 twice",
            f"{ours.wall:.0f} s, {ours.peak:.0f} MB",
            "",
            "",
            "<= 2 GB",
        ),
        Row(
            f"latent compare, {few:,} x 300 twice, all measures",
            f"{same.wall:.1f} s, {same.peak:.0f} MB",
            f"debiased CKA alone, by n x n matrices {plain.wall:.1f} s, {plain.peak:.0f} MB",
            f"{plain.peak / same.peak:.1f} x less memory",
            "",
        ),
    ]


def two_spaces(bench: Bench, rows: int) -> tuple[str, str]:
    """Made arrays of rows x 300: noise, and a rotation of it with noise.

    Written in parts: what this process has in memory counts in its children's peaks.
    """
    paths = [bench.work / f"space_{side}.{rows}x300.npy" for side in "xy"]
    if not all(path.exists() for path in paths):
        rng = np.random.default_rng(0)
        turn = np.linalg.qr(rng.standard_normal((300, 300)))[0].astype(np.float32)
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, 300)}
        with paths[0].open("wb") as first, paths[1].open("wb") as second:
            for out in (first, second):
                np.lib.format.write_array_header_1_0(out, header)
            for _ in range(0, rows, 2_000):
                x = rng.standard_normal((2_000, 300), np.float32)
                noise = rng.standard_normal((2_000, 300), np.float32)
                first.write(x.tobytes())
                second.write((x @ turn + noise).tobytes())
    return str(paths[0]), str(paths[1])


def geometry(bench: Bench) -> list[Row]:
    """The whole report of a large space; and single measures beside scikit-learn's."""
    rows = []
    path = bench.glove()
    if path is not None:
        bench.latent("cache", "build", str(path))
        whole = bench.latent("geometry", str(path))
        rows.append(
            Row(
                f"latent geometry, {path.name}",
                f"{whole.wall:.0f} s, {whole.peak:.0f} MB",
                "",
                "",
                "< 180 s, < 2,000 MB",
            )
        )
    count = 2_000 if bench.quick else 8_000
    for measure in ("silhouette", "trustworthiness"):
        ours, theirs = in_turn(
            3,
            lambda measure=measure: bench.peer("geometry_latent.py", measure, str(count)),
            lambda measure=measure: bench.peer("geometry_sklearn.py", measure, str(count)),
        )
        rows.append(
            Row(
                f"{measure}, {count:,} x 50",
                f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
                f"scikit-learn {theirs.wall:.1f} s, {theirs.peak:.0f} MB",
                f"{theirs.wall / ours.wall:.1f} x faster, "
                f"{theirs.peak / ours.peak:.1f} x less memory",
                "",
            )
        )
    return rows


def duplicates(bench: Bench) -> list[Row]:
    """All pairs of rows, beside one matrix product of all rows with all, both whole processes."""
    count = 20_000 if bench.quick else 100_000
    path = bench.work / f"rows.{count}x384.npy"
    if not path.exists():
        rng = np.random.default_rng(0)
        rows = rng.standard_normal((count, 384), np.float32)
        rows[1_000:2_000] = rows[:1_000] + 0.1 * rng.standard_normal((1_000, 384), np.float32)
        np.save(path, rows)
    ours, product = in_turn(
        1,
        lambda: bench.latent("duplicates", str(path)),
        lambda: bench.peer("all_products.py", str(path)),
    )
    return [
        Row(
            f"latent duplicates, {count:,} x 384",
            f"{ours.wall:.0f} s, {ours.peak:.0f} MB",
            f"one matrix product {product.wall:.0f} s",
            f"{ours.wall / product.wall:.2f} x its time",
            "< 3 x",
        )
    ]


def outliers(bench: Bench) -> list[Row]:
    """Local outlier factors, k-NN and Mahalanobis distances, beside scikit-learn's LOF alone."""
    count = 5_000 if bench.quick else 20_000
    path = bench.work / f"rows.{count}x64.npy"
    if not path.exists():
        np.save(path, np.random.default_rng(0).standard_normal((count, 64)))
    ours, theirs = in_turn(
        3,
        lambda: bench.latent("outliers", str(path)),
        lambda: bench.peer("outliers_sklearn.py", str(path)),
    )
    return [
        Row(
            f"latent outliers, {count:,} x 64, three scores",
            f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
            f"scikit-learn, LOF alone {theirs.wall:.1f} s, {theirs.peak:.0f} MB",
            f"{theirs.wall / ours.wall:.1f} x faster",
            "",
        )
    ]
