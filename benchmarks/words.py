"""Files of word vectors, and what is asked of them."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from measuring import LATENT, Bench, Row, in_turn, spend

from latentcli.files.bundled_sets import find


def first_read(bench: Bench) -> list[Row]:
    """Text to vectors, nothing kept from before."""
    rows = []
    for path in filter(None, (bench.glove(), bench.made())):
        for peer in ("gensim", "finalfusion"):
            ours, theirs = in_turn(
                1 if path.stat().st_size > 5e8 else 3,
                lambda path=path: bench.fresh("cache", "build", str(path)),
                lambda path=path, peer=peer: bench.peer(f"read_{peer}.py", str(path)),
            )
            rows.append(
                Row(
                    f"first read, {path.name} ({path.stat().st_size / 1e6:.0f} MB)",
                    f"{ours.wall:.2f} s, {ours.cpu:.2f} CPU s, {ours.peak:.0f} MB",
                    f"{peer} {theirs.wall:.1f} s, {theirs.cpu:.1f} CPU s, {theirs.peak:.0f} MB",
                    f"{theirs.wall / ours.wall:.1f} x faster "
                    f"({theirs.cpu / ours.cpu:.1f} x in CPU s)",
                    ">= 15 x gensim" if peer == "gensim" else "",
                )
            )
    return rows


def one_query(bench: Bench) -> list[Row]:
    """One analogy of a cached file, whole process."""
    path = bench.made()
    bench.latent("cache", "build", str(path))
    saved = bench.work / f"{path.stem}.kv"
    if not saved.exists():
        bench.peer("save_gensim.py", str(path), str(saved))
    words = ("w1", "w2", "w3")
    ours, numpy, gensim = in_turn(
        9,
        lambda: bench.latent("analogy", *words, "-v", str(path)),
        lambda: spend([sys.executable, "-c", "import numpy"], bench.env),
        lambda: bench.peer("query_gensim.py", str(saved), *words),
    )
    what = f"one query, warm cache, {path.name}"
    return [
        Row(
            what,
            f"{ours.wall * 1000:.0f} ms",
            f"import numpy {numpy.wall * 1000:.0f} ms",
            f"{ours.wall / numpy.wall:.2f} x its time",
            "<= 3 x",
        ),
        Row(
            what,
            f"{ours.wall * 1000:.0f} ms",
            f"gensim, mapped {gensim.wall * 1000:.0f} ms",
            f"{gensim.wall / ours.wall:.1f} x faster",
            "",
        ),
    ]


def many_queries(bench: Bench) -> list[Row]:
    """10,000 analogies from standard input, whole process."""
    path = bench.made()
    bench.latent("cache", "build", str(path))
    count = 2_000 if bench.quick else 10_000
    rng = np.random.default_rng(1)
    total = int(path.name.split(".")[1].split("x")[0])
    queries = bench.work / "queries.txt"
    queries.write_text(
        "".join(f"w{a} w{b} w{c}\n" for a, b, c in rng.integers(0, total, (count, 3)))
    )
    vectors = ("-v", str(path), "-f", "ndjson")
    ours, bare = in_turn(
        3,
        lambda: spend([LATENT, "analogy", "-", *vectors], bench.env, queries),
        lambda: bench.peer("product.py", str(total), str(count), "300"),
    )
    saved = bench.work / f"{path.stem}.kv"
    if not saved.exists():
        bench.peer("save_gensim.py", str(path), str(saved))
    some = 40
    one = bench.peer("queries_gensim.py", str(saved), str(queries), "1")
    more = bench.peer("queries_gensim.py", str(saved), str(queries), str(1 + some))
    gensim = (more.wall - one.wall) / some * count
    what = f"{count:,} analogies over {total:,} x 300"
    return [
        Row(
            what,
            f"{ours.wall:.1f} s",
            f"bare float32 product {bare.wall:.1f} s",
            f"{ours.wall / bare.wall:.2f} x its time",
            "<= 2 x",
        ),
        Row(
            what,
            f"{ours.wall:.1f} s",
            f"gensim {gensim:.0f} s (from {some})",
            f"{gensim / ours.wall:.1f} x faster",
            "",
        ),
    ]


def evaluation(bench: Bench) -> list[Row]:
    """Google's analogies over the whole of GloVe, and one of their sections beside gensim."""
    path = bench.glove()
    if path is None:
        return []
    vectors = ("-v", str(path), "--ignore-case")
    bench.latent("cache", "build", str(path))
    questions = Path(find("questions-words")).read_text("utf-8").split("\n: ")
    count = sum(len(section.splitlines()) - 1 for section in questions)
    ours, bare = in_turn(
        3,
        lambda: bench.latent("evaluate", "analogies", *vectors),
        lambda: bench.peer("product.py", "400000", str(count), "50"),
    )
    section, one = bench.work / "section.txt", bench.work / "one.txt"
    section.write_text(questions[0] + "\n", "utf-8")
    one.write_text("\n".join(questions[0].splitlines()[:2]) + "\n", "utf-8")
    saved = bench.work / f"{path.stem}.kv"
    if not saved.exists():
        bench.peer("save_gensim.py", str(path), str(saved))
    some, started, theirs, began = in_turn(
        1 if bench.quick else 5,
        lambda: bench.latent("evaluate", "analogies", str(section), *vectors),
        lambda: bench.latent("evaluate", "analogies", str(one), *vectors),
        lambda: bench.peer("evaluate_gensim.py", str(saved), str(section)),
        lambda: bench.peer("evaluate_gensim.py", str(saved), str(one)),
    )
    asked = len(questions[0].splitlines()) - 1
    gain = (theirs.wall - began.wall) / max(some.wall - started.wall, 1e-3)
    return [
        Row(
            f"latent evaluate analogies, {count:,} questions over 400,000 x 50",
            f"{ours.wall:.1f} s, {ours.peak:.0f} MB",
            f"bare float32 product {bare.wall:.1f} s",
            f"{ours.wall / bare.wall:.2f} x its time",
            "<= 2 x",
        ),
        Row(
            f"one section of it, {asked} questions, whole process",
            f"{some.wall:.2f} s",
            f"gensim {theirs.wall:.1f} s",
            f"{theirs.wall / some.wall:.1f} x faster ({gain:.0f} x without start-up)",
            "",
        ),
    ]


def help_text(bench: Bench) -> list[Row]:
    """`latent --help`, with its panels."""
    ours, typer = in_turn(
        9,
        lambda: bench.latent("--help"),
        lambda: spend([sys.executable, "-c", "import typer"], bench.env),
    )
    return [
        Row(
            "latent --help",
            f"{ours.wall * 1000:.0f} ms",
            f"import typer {typer.wall * 1000:.0f} ms",
            f"{ours.wall / typer.wall:.2f} x its time",
            "<= 3 x",
        )
    ]
