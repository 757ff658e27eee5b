"""Which words may be answers of a search, and what one answer is."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypedDict

from latentcli.errors import ParameterError
from latentcli.results import Record


class Hit(NamedTuple):
    """One answer: a word (or a row's number, for arrays without words), its score, its row."""

    word: str
    score: float
    row: int


@dataclass(frozen=True)
class Choice:
    """Which words may be answers.

    `top`: how many. `restrict`: only the first N rows, which are the most frequent words in
    files in order of frequency. `match`: only words in which this regular expression is found.
    `among`: only these words. `min_score`: only scores from this on. `include_inputs`: also
    the words of the query. `where`: only rows for which this condition in SQL on the other columns of the
    table holds, such as "lang = 'en'". `show`: names of columns whose cells are put beside each answer.
    """

    top: int = 10
    restrict: int | None = None
    match: str | None = None
    among: Iterable[str] | None = None
    min_score: float | None = None
    include_inputs: bool = False
    where: str | None = None
    show: Sequence[str] = ()

    def __post_init__(self) -> None:
        if self.top < 1:
            raise ParameterError("top", self.top, "at least 1")
        if self.restrict is not None and self.restrict < 1:
            raise ParameterError("restrict", self.restrict, "at least 1")
        if isinstance(self.among, str):
            raise ParameterError("`among` takes a list of words, not one")
        if isinstance(self.show, str):
            raise ParameterError("`show` takes a list of columns, not one")
        if self.where is not None and not self.where.strip():
            raise ParameterError("where", self.where, "a condition, such as lang = 'en'")
        if self.min_score is not None and math.isnan(self.min_score):
            raise ParameterError("min_score", "nan", "a number")
        if self.match is not None:
            try:
                re.compile(self.match)
            except re.error as error:
                raise ParameterError(
                    f"'{self.match}' is not a regular expression: {error}"
                ) from None

    def settings(self) -> Record:
        """Return the choice as settings; of `among` how many words it lists."""
        among = None if self.among is None else sum(1 for _ in self.among)
        return {
            "top": self.top, "restrict": self.restrict, "match": self.match, "among": among,
            "min_score": self.min_score, "include_inputs": self.include_inputs,
            **({"where": self.where} if self.where is not None else {}),
            **({"show": ", ".join(self.show)} if self.show else {}),
        }  # fmt: skip


class Choices(TypedDict, total=False):
    """The fields of `Choice`, as keyword arguments."""

    top: int
    restrict: int | None
    match: str | None
    among: Iterable[str] | None
    min_score: float | None
    include_inputs: bool
    where: str | None
    show: Sequence[str]
