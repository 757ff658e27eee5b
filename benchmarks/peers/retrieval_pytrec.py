"""The 1,000 nearest documents of each query by NumPy, measured by pytrec_eval: QUERIES DOCUMENTS QRELS."""

import sys
from pathlib import Path

import numpy as np
import pytrec_eval

queries, documents = (np.load(path) for path in sys.argv[1:3])
queries /= np.linalg.norm(queries, axis=1, keepdims=True)
documents /= np.linalg.norm(documents, axis=1, keepdims=True)
with Path(sys.argv[3]).open() as lines:
    qrels = pytrec_eval.parse_qrel(lines)
run = {}
for start in range(0, len(queries), 256):
    scores = queries[start : start + 256] @ documents.T
    best = np.argpartition(-scores, 1000, axis=1)[:, :1000]
    for place, row in enumerate(best):
        run[str(start + place)] = {str(j): float(scores[place, j]) for j in row}
found = pytrec_eval.RelevanceEvaluator(qrels, {"ndcg_cut.10", "map", "recall.10"}).evaluate(run)
print(np.mean([one["ndcg_cut_10"] for one in found.values()]))
