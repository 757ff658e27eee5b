"""Make `sample_vectors/articles.jsonl`: headlines with their embeddings, as an API or an encoder gives them.

The embedding of a headline is its SIF vector (Arora et al., 2017) over the bundled words: `python examples/make_articles.py`.
"""

import json
from pathlib import Path

import numpy as np

import latentcli

TARGET = Path(__file__).resolve().parents[1] / "sample_vectors" / "articles.jsonl"

HEADLINES = {
    "science": [
        "A telescope sees the light of the first stars",
        "How the moon was born",
        "New particles in an old experiment",
        "Water on the planet Mars",
        "Why bees find their way home",
        "The brain of a sleeping bird",
        "Rocks that remember the early earth",
    ],
    "food": [
        "Bread from your own kitchen",
        "A soup for cold winter days",
        "Coffee, tea or chocolate?",
        "The best apples for a pie",
        "Cooking fish over an open fire",
        "Wine and cheese from the mountains",
    ],
    "music": [
        "The last song of a great singer",
        "Learning the piano at seventy",
        "A festival of jazz by the river",
        "Old records, new listeners",
        "An opera about a queen",
        "How drums came to dance music",
    ],
    "sport": [
        "A late goal wins the cup final",
        "Running your first marathon",
        "The young champion of the tennis court",
        "Cycling over the mountains in spring",
        "Why swimmers train at night",
        "A coach leaves after ten seasons",
    ],
}


def main() -> None:
    """Write the records."""
    titles = [(topic, title) for topic, listed in HEADLINES.items() for title in listed]
    made = latentcli.represent([title for _, title in titles], latentcli.open(), common="texts")
    vectors = np.asarray(made.vectors["SIF"])
    with TARGET.open("w", encoding="utf-8", newline="\n") as out:
        for number, ((topic, title), vector) in enumerate(zip(titles, vectors, strict=True), 1):
            record = {
                "id": number,
                "title": title,
                "topic": topic,
                "url": f"https://example.org/{number}",
                "embedding": [round(float(x), 4) for x in vector / np.linalg.norm(vector)],
            }
            out.write(json.dumps(record, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
