"""`latent train CORPUS... -o vectors.txt`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, Seed
from latentcli.cli.output import Output
from latentcli.results import Listing, Record, Report, Sheet

if TYPE_CHECKING:
    from latentcli.words._space import Space
    from latentcli.words._training import TrainResult

_SHOWN = 5
"""Frequent words whose nearest are shown, and how many of these."""

_FREQUENT = 100
"""The first words, which are mostly articles and pronouns, are passed over."""


def command(
    corpus: Annotated[
        list[str],
        typer.Argument(
            metavar="CORPUS...", help="Text files (also .gz, .xz, ...), folders, or '-': stdin."
        ),
    ],
    output: Output,
    out: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write the vectors: .txt, .vec, .bin, .npz, .parquet, ... as convert does.",
        ),
    ] = None,
    model: Annotated[
        str, typer.Option(metavar="NAME", help="skipgram, cbow or fasttext.")
    ] = "skipgram",
    dim: Annotated[int, typer.Option(metavar="D", help="Dimensions of the vectors.")] = 100,
    epochs: Annotated[int, typer.Option(metavar="N", help="Passes over the corpus.")] = 5,
    min_count: Annotated[
        int, typer.Option(metavar="N", help="Leave out words that occur fewer times.")
    ] = 5,
    window: Annotated[
        int, typer.Option(metavar="N", help="Words to each side.", rich_help_panel=MORE)
    ] = 5,
    negative: Annotated[
        int, typer.Option(metavar="N", help="Noise words for each word.", rich_help_panel=MORE)
    ] = 5,
    phrases: Annotated[
        bool,
        typer.Option("--phrases", help="Join frequent pairs: new_york.", rich_help_panel=MORE),
    ] = False,
    tokens: Annotated[
        str,
        typer.Option(
            metavar="HOW",
            help="What is a word: a run of letters, or what stands between blanks.",
            rich_help_panel=MORE,
        ),
    ] = "letters",
    keep_case: Annotated[
        bool,
        typer.Option("--keep-case", help="Do not lower-case words.", rich_help_panel=MORE),
    ] = False,
    text_column: Annotated[
        str | None,
        typer.Option(
            metavar="KEY",
            help="Column of the text, if the corpus is JSON lines.",
            rich_help_panel=MORE,
        ),
    ] = None,
    workers: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Threads; with one, a seed gives the same vectors.",
            rich_help_panel=MORE,
        ),
    ] = 1,
    seed: Seed = 0,
    force: Annotated[
        bool, typer.Option("--force", help="Replace FILE.", rich_help_panel=MORE)
    ] = False,
) -> None:
    """Train word vectors on text: word2vec (skip-gram, CBOW) or fastText, through gensim.

    Each line is a sentence. At the end it says how good the vectors are: their correlation with
    human similarity ratings, and the nearest words of some frequent ones. A corpus of less than
    some millions of words gives vectors of its own subject, not of the language.

    Examples:

    latent train kjv.txt.xz -o kjv.vec --dim 50

    latent train news/ -o news.bin --phrases --workers 4
    """
    from latentcli.files import contents, writing
    from latentcli.readers import read_corpus
    from latentcli.words._training import train

    if out is None:
        raise UsageError("name a file for the vectors: -o vectors.txt")
    path = Path(out)
    writing.check_targets(path, "", force=force)
    text = read_corpus(corpus, tokens=tokens, lower=not keep_case, text_column=text_column)
    with output.progress(f"training on {text.name}") as progress:
        result = train(
            text, model=model, dim=dim, window=window, min_count=min_count, epochs=epochs,
            negative=negative, phrases=phrases, workers=workers, seed=seed, progress=progress,
        )  # fmt: skip
    content = contents.named_rows(result.words, result.vectors)
    writing.write(content, path, "")
    output.note(f"wrote {path}: {len(result.words):,} words x {dim}")
    output.show(_report(result, path, corpus))


def _report(result: TrainResult, path: Path, corpus: list[str]) -> Report:
    """Say what was trained and what it is worth."""
    import latentcli

    space = latentcli.open(path, cache=False)
    worth = _evaluated(space)
    summary: Record = {**result.summary, **worth}
    near: list[Record] = [
        {
            "word": word,
            "nearest": ", ".join(hit.word for hit in space.neighbors(word, top=_SHOWN)),
        }
        for word in result.words[_FREQUENT : _FREQUENT + _SHOWN] or result.words[:_SHOWN]
    ]
    return Report(
        "train",
        ("word", "nearest"),
        near,
        settings={"corpus": " ".join(corpus), "output": str(path), **result.settings},
        summary=summary,
        notes=result.notes,
        title=result.title,
        views=(Sheet("", ("word", "nearest"), near), Listing(tuple(summary), summary)),
        show_summary=False,
    )


def _evaluated(space: Space) -> Record:
    """Return the correlation with the pairs of people's scores that gensim ships."""
    from latentcli.readers import read_pairs
    from latentcli.words.evaluation import evaluate_similarity

    found = evaluate_similarity(space, read_pairs("wordsim353"), resamples=0)
    return {"wordsim353_spearman": found.spearman, "wordsim353_pairs": found.used}
