"""`latent evaluate analogies|similarity|weat|odd|categories`."""

from __future__ import annotations

import typer

from latentcli.cli.commands.words.evaluate import analogies, categories, odd, similarity, weat
from latentcli.cli.options import expand

command = typer.Typer(
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The field's benchmarks of word vectors: analogies, similarity, weat, odd, categories."
    "\n\nExample: latent evaluate analogies",
)

command.command("analogies")(expand(analogies.analogies))
command.command("similarity")(expand(similarity.similarity))
command.command("weat")(expand(weat.weat))
command.command("odd")(expand(odd.odd))
command.command("categories")(expand(categories.categories))
