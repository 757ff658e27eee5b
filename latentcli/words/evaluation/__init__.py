"""Benchmarks of word vectors, each under a stated protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

from latentcli._lazy import attach

if TYPE_CHECKING:
    from latentcli.words.evaluation._analogies import AnalogyEvaluation, evaluate_analogies
    from latentcli.words.evaluation._analogy_sets import AnalogySet
    from latentcli.words.evaluation._categories import CategoryEvaluation, evaluate_categories
    from latentcli.words.evaluation._odd import OddEvaluation, evaluate_odd
    from latentcli.words.evaluation._pair_sets import PairSet
    from latentcli.words.evaluation._paired import compare_evaluations
    from latentcli.words.evaluation._recall import RecallResult, evaluate_recall
    from latentcli.words.evaluation._retrieval import (
        RetrievalResult,
        evaluate_retrieval,
        evaluate_run,
    )
    from latentcli.words.evaluation._similarity import SimilarityEvaluation, evaluate_similarity
    from latentcli.words.evaluation._weat import WeatResult, weat
    from latentcli.words.evaluation._word_lists import OddSets, WordLists

__all__ = [
    "AnalogyEvaluation",
    "AnalogySet",
    "CategoryEvaluation",
    "OddEvaluation",
    "OddSets",
    "PairSet",
    "RecallResult",
    "RetrievalResult",
    "SimilarityEvaluation",
    "WeatResult",
    "WordLists",
    "compare_evaluations",
    "evaluate_analogies",
    "evaluate_categories",
    "evaluate_odd",
    "evaluate_recall",
    "evaluate_retrieval",
    "evaluate_run",
    "evaluate_similarity",
    "weat",
]

_HOMES = {
    "AnalogyEvaluation": "_analogies",
    "AnalogySet": "_analogy_sets",
    "CategoryEvaluation": "_categories",
    "OddEvaluation": "_odd",
    "OddSets": "_word_lists",
    "PairSet": "_pair_sets",
    "RecallResult": "_recall",
    "RetrievalResult": "_retrieval",
    "SimilarityEvaluation": "_similarity",
    "WeatResult": "_weat",
    "WordLists": "_word_lists",
    "compare_evaluations": "_paired",
    "evaluate_analogies": "_analogies",
    "evaluate_categories": "_categories",
    "evaluate_odd": "_odd",
    "evaluate_recall": "_recall",
    "evaluate_retrieval": "_retrieval",
    "evaluate_run": "_retrieval",
    "evaluate_similarity": "_similarity",
    "weat": "_weat",
}

__getattr__, __dir__ = attach(
    __name__, {name: f"{__name__}.{home}" for name, home in _HOMES.items()}
)
