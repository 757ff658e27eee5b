"""`latent evaluate analogies|similarity|weat|odd|categories`."""

from __future__ import annotations

from latentcli.cli.commands.words.evaluate import analogies, categories, odd, similarity, weat
from latentcli.cli.expansion import group

command = group(
    "The field's benchmarks of word vectors: analogies, similarity, weat, odd, categories."
    "\n\nExample: latent evaluate analogies",
    analogies=analogies.analogies,
    similarity=similarity.similarity,
    weat=weat.weat,
    odd=odd.odd,
    categories=categories.categories,
)
