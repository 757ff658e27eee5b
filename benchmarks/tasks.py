"""What people ask of vectors once they have them: training, retrieval, alignment, clusters, identifiability."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from measuring import Bench, Cost, Row, in_turn


def training(bench: Bench) -> list[Row]:
    """Skip-gram on a made text, with one worker, beside gensim's own call."""
    words = 200_000 if bench.quick else 2_000_000
    text = bench.work / f"text.{words}.txt"
    if not text.exists():
        rng = np.random.default_rng(0)
        drawn = np.minimum(rng.zipf(1.2, words), 20_000).tolist()
        text.write_text("\n".join(
            " ".join(f"w{one}" for one in drawn[start : start + 20])
            for start in range(0, words, 20)
        ))  # fmt: skip
    out = bench.work / "trained.vec"
    ours, theirs = in_turn(
        1,
        lambda: bench.latent(
            "train", str(text), "-o", str(out), "--force", "--tokens", "blanks", "--keep-case",
            "--workers", "1",
        ),
        lambda: bench.peer("train_gensim.py", str(text), "100", str(out)),
    )  # fmt: skip
    return [_row(f"latent train, {words:,} words, one worker", ours, "gensim", theirs)]


def retrieval(bench: Bench) -> list[Row]:
    """Queries against documents with one relevant each, beside NumPy and pytrec_eval."""
    documents = 10_000 if bench.quick else 100_000
    rng = np.random.default_rng(0)
    rows = rng.standard_normal((documents, 256), np.float32)
    near = rows[:1_000] + 1.5 * rng.standard_normal((1_000, 256), np.float32)
    files = [_saved(bench, "documents", rows), _saved(bench, "queries", near)][::-1]
    qrels = bench.work / "qrels.txt"
    qrels.write_text("".join(f"{row} 0 {row} 1\n" for row in range(1_000)))
    ours, theirs = in_turn(
        3,
        lambda: bench.latent("evaluate", "retrieval", *files, "--qrels", str(qrels)),
        lambda: bench.peer("retrieval_pytrec.py", *files, str(qrels)),
    )
    work = f"latent evaluate retrieval, 1,000 queries, {documents:,} x 256, with intervals"
    return [_row(work, ours, "NumPy and pytrec_eval", theirs)]


def alignment(bench: Bench) -> list[Row]:
    """A space and the same turned, with noise: 5,000 pairs learned, 1,500 tested by CSLS."""
    words = 8_000 if bench.quick else 20_000
    rng = np.random.default_rng(0)
    x = rng.standard_normal((words, 300), np.float32)
    turn = np.linalg.qr(rng.standard_normal((300, 300)))[0].astype(np.float32)
    y = x @ turn + 0.8 * rng.standard_normal(x.shape, np.float32)
    files = [_saved(bench, "x", x), _saved(bench, "y", y)]
    pairs = []
    for name, rows in (("learned", range(5_000)), ("tested", range(5_000, 6_500))):
        pairs.append(bench.work / f"{name}.txt")
        pairs[-1].write_text("".join(f"{row}\t{row}\n" for row in rows))
    ours, theirs = in_turn(
        3,
        lambda: bench.latent(
            "align", *files, "--dictionary", str(pairs[0]), "--test-dictionary", str(pairs[1])
        ),
        lambda: bench.peer("align_numpy.py", *files, "5000"),
    )
    return [_row(f"latent align, {words:,} x 300 twice", ours, "SciPy and NumPy", theirs)]


def clusters(bench: Bench) -> list[Row]:
    """k-means with its stability and null, beside scikit-learn's k-means and silhouette alone."""
    count = 2_000 if bench.quick else 10_000
    rng = np.random.default_rng(0)
    rows = (
        rng.standard_normal((count, 50))
        + 3 * rng.standard_normal((10, 50))[rng.integers(0, 10, count)]
    )
    file = _saved(bench, "grouped", rows)
    ours, theirs = in_turn(
        3,
        lambda: bench.latent("clusters", file, "-k", "10"),
        lambda: bench.peer("kmeans_sklearn.py", file, "10"),
    )
    work = f"latent clusters -k 10, {count:,} x 50, with stability and chance"
    return [_row(work, ours, "scikit-learn, without them", theirs)]


def identifiability(bench: Bench) -> list[Row]:
    """The mean correlation coefficient with interval and chance, beside NumPy and SciPy without."""
    count = 10_000 if bench.quick else 100_000
    rng = np.random.default_rng(0)
    factors = rng.standard_normal((count, 10))
    codes = factors @ rng.standard_normal((10, 10)) + rng.standard_normal((count, 10))
    files = [_saved(bench, "mixed", codes), _saved(bench, "sources", factors)]
    ours, theirs = in_turn(
        3, lambda: bench.latent("mcc", *files), lambda: bench.peer("mcc_scipy.py", *files)
    )
    work = f"latent mcc, ({count:,}, 10, 10), with interval and chance"
    return [_row(work, ours, "NumPy and SciPy, without them", theirs)]


def _saved(bench: Bench, name: str, rows: np.ndarray) -> str:
    path: Path = bench.work / f"{name}.{len(rows)}.npy"
    np.save(path, rows)
    return str(path)


def _row(work: str, ours: Cost, name: str, theirs: Cost) -> Row:
    return Row(
        work,
        f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
        f"{name} {theirs.wall:.1f} s, {theirs.peak:.0f} MB",
        f"{ours.wall / theirs.wall:.2f} x its time",
        "",
    )
