"""`latent` itself: its help and its version."""

from __future__ import annotations

from typing import Annotated

import typer


def _print_version(enabled: bool) -> None:
    if enabled:
        from latentcli import __version__

        typer.echo(f"latent {__version__}")
        raise typer.Exit


def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            "-V",
            help="Print the version.",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Look into vector spaces: word embeddings and latent codes.

    Example: latent analogy king man woman
    """
