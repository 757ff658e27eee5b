"""Labels of rows in JSON: a list of texts, or the vocabulary of a tokenizer, tokens with their rows."""

from __future__ import annotations

from typing import Any

from latentcli.errors import FormatError
from latentcli.files import json_tables, vector_columns
from latentcli.files.cells import as_word
from latentcli.files.stream import Stream

_LARGEST = 1 << 24
"""Rows that a vocabulary may number."""


def read(stream: Stream, rows: int | None = None) -> list[str]:
    """Return a label for each row: `["a", ...]`, `{"a": 0, ...}`, or a tokenizer.json of Hugging Face; of a table its texts.

    Rows that no token has are "<row N>"; so are those behind the last up to `rows`, as models have
    more rows than tokens. Raises FormatError for other JSON.
    """
    content = json_tables.parsed(stream)
    if isinstance(content, list) and all(isinstance(one, str) for one in content):
        return content
    numbered = _numbered(content)
    if not numbered and (columns := json_tables.columns_of(content)):
        texts = {name: column.tolist() for name, column in columns.items()}
        chosen = vector_columns.choose_text(
            {name: texts[name] for name, column in columns.items() if column.dtype.kind == "O"}
        )
        if chosen:
            return [*map(as_word, texts[chosen])]
    if not numbered or not all(0 <= row < _LARGEST for row in numbered.values()):
        raise FormatError(
            f"{stream.name}: neither a list of texts, a table with texts, nor tokens with their rows, "
            "as vocab.json and tokenizer.json have them"
        )
    count = max(max(numbered.values()) + 1, rows or 0)
    found = [f"<row {row}>" for row in range(count)]
    for token, row in numbered.items():
        found[row] = token
    return found


def _numbered(content: Any) -> dict[str, int]:
    """Return the rows of tokens; {} where there are none."""
    if not isinstance(content, dict):
        return {}
    model = content.get("model")
    vocabulary = model.get("vocab") if isinstance(model, dict) else content
    found: dict[str, int] = {}
    if isinstance(vocabulary, dict):
        found = {name: row for name, row in vocabulary.items() if type(row) is int}
        if len(found) < len(vocabulary):
            return {}
    elif isinstance(vocabulary, list):  # [token, score] of a unigram model
        found = {
            str(one[0]): row for row, one in enumerate(vocabulary) if isinstance(one, list)
        }
    for token in content.get("added_tokens") or () if isinstance(model, dict) else ():
        if isinstance(token, dict) and type(token.get("id")) is int:
            found[str(token.get("content"))] = token["id"]
    return found
