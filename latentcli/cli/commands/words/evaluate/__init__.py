"""`latent evaluate analogies|similarity|weat|odd|categories|retrieval|recall`."""

from __future__ import annotations

from latentcli.cli.commands.words.evaluate import (
    analogies,
    categories,
    odd,
    recall,
    retrieval,
    similarity,
    weat,
)
from latentcli.cli.expansion import group

command = group(
    "Benchmarks of word vectors: analogies, similarity, weat, odd, categories, retrieval, recall."
    "\n\nExample: latent evaluate analogies",
    analogies=analogies.analogies,
    similarity=similarity.similarity,
    weat=weat.weat,
    odd=odd.odd,
    categories=categories.categories,
    retrieval=retrieval.retrieval,
    recall=recall.recall,
)
