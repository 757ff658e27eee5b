"""Codes and factors in shards that are matched by an id, whatever is wrong with some of them."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS, DIMENSIONS, LOST = 120_000, 30, 2_000
CODE_SHARDS, FACTOR_SHARDS = 3, 4


class Set:
    """Codes and factors whose rows are in other orders, each with an id; some are on one side only."""

    def __init__(self, folder):
        rng = np.random.default_rng(2)
        self.folder = folder
        self.factors = rng.integers(0, 4, (ROWS, 2))
        self.codes = rng.normal(size=(ROWS, DIMENSIONS)).astype(np.float32)
        self.codes[:, :2] = self.factors + 0.4 * self.codes[:, :2]
        self.order = rng.permutation(ROWS)[: ROWS - LOST]
        (folder / "codes").mkdir()
        (folder / "factors").mkdir()
        self.parts = np.array_split(np.arange(ROWS), CODE_SHARDS)
        for place, part in enumerate(self.parts):
            pq.write_table(self.table(part), self.shard("codes", place))
        self.factor_parts = np.array_split(self.order, FACTOR_SHARDS)
        for place, part in enumerate(self.factor_parts):
            pq.write_table(self.factor_table(part), self.shard("factors", place))
        self.asked = ("mig", folder / "codes", folder / "factors", "--id", "sample")

    def shard(self, kind, place):
        count = {"codes": CODE_SHARDS, "factors": FACTOR_SHARDS}[kind]
        return self.folder / kind / f"p-{place}-of-{count}.parquet"

    def table(self, part, **other):
        ids = [f"s{row}" for row in part]
        vectors = pa.FixedSizeListArray.from_arrays(
            pa.array(self.codes[part].ravel()), DIMENSIONS
        )
        return pa.table({"sample": ids, "vector": vectors, **other})

    def factor_table(self, part):
        ids = [f"s{row}" for row in part]
        return pa.table({
            "sample": ids, "a": self.factors[part, 0], "b": self.factors[part, 1],
        })  # fmt: skip

    def on_one_machine(self, answers, gone=()):
        """The answer of one machine to the rows that have both sides, without those of some ids."""
        kept = np.setdiff1d(self.order, np.asarray(gone, dtype=np.int64))
        np.save(self.folder / "codes.npy", self.codes[kept])
        a, b = self.factors[kept].T
        np.savez(self.folder / "factors.npz", a=a, b=b)
        found = answers("mig", self.folder / "codes.npy", self.folder / "factors.npz")
        return found | {"rows": len(kept)}


@pytest.fixture
def some(tmp_path):
    return Set(tmp_path)


def same(one, many):
    def numbers(answer):
        return [{k: v for k, v in row.items() if k != "model"} for row in answer["results"]]

    assert numbers(many) == numbers(one)
    assert many["summary"] == one["summary"]
    assert many["settings"]["rows"] == one["rows"]
    assert [note for note in many["notes"] if "left out" not in note] == one["notes"]


def test_rows_are_matched_by_id(some, dask, answers):
    many = answers(*some.asked, "--dask", dask)
    assert f"{LOST:,} of {ROWS:,} codes are left out" in many["notes"][0]
    same(some.on_one_machine(answers), many)


def test_rows_without_an_id_are_left_out(some, dask, answers):
    gone = some.parts[1][:500]
    lost = {*gone.tolist()}
    for place, part, table in (
        ("codes", some.parts[1], some.table), ("factors", some.factor_parts[2], some.factor_table),
    ):  # fmt: skip
        ids = [None if row in lost else f"s{row}" for row in part.tolist()]
        made = table(part).set_column(0, "sample", [pa.array(ids)])
        pq.write_table(made, some.shard(place, 1 if place == "codes" else 2))
    many = answers(*some.asked, "--dask", dask)
    assert "codes are left out" in many["notes"][0]
    same(some.on_one_machine(answers, gone), many)


def without(bad, some, dask, answers, latent):
    """A bad shard is named in one line; return the answer that leaves it out, and counts it."""
    asked = (*some.asked, "--dask", dask)
    code, out, err = latent(*asked)
    assert (code, out, err.count("\n"), bad.name in err) == (1, "", 1, True)
    many = answers(*asked, "--skip-bad-shards")
    assert any(f"1 shard is left out; the first: shard {bad.name}" in x for x in many["notes"])
    assert many["settings"]["skipped_shards"] == 1
    return many


@pytest.mark.parametrize("fault", ["damaged", "wide", "missing"])
def test_codes_of_a_bad_shard_are_named_or_left_out(fault, some, dask, answers, latent):
    bad = some.shard("codes", 1)
    bad.unlink()
    if fault == "damaged":
        bad.write_bytes(b"PAR1junk")
    elif fault == "wide":
        wide = pa.FixedSizeListArray.from_arrays(pa.array(np.ones(9)), 3)
        pq.write_table(pa.table({"sample": ["s1", "s2", "s3"], "vector": wide}), bad)
    many = without(bad, some, dask, answers, latent)
    assert many["settings"]["shards"] == CODE_SHARDS - 1
    same(some.on_one_machine(answers, some.parts[1]), many)


@pytest.mark.parametrize("fault", ["damaged", "missing", "other columns"])
def test_factors_of_a_bad_shard_are_named_or_left_out(fault, some, dask, answers, latent):
    bad = some.shard("factors", 2)
    bad.unlink()
    if fault == "damaged":
        bad.write_bytes(b"PAR1junk")
    elif fault == "other columns":
        pq.write_table(pa.table({"sample": ["s1"], "a": [1], "c": [2]}), bad)
    many = without(bad, some, dask, answers, latent)
    same(some.on_one_machine(answers, some.factor_parts[2]), many)


@pytest.mark.parametrize("skip", [(), ("--skip-bad-shards",)], ids=["", "skip"])
def test_a_shard_without_the_column_of_ids_is_named(skip, some, dask, latent):
    table = some.table(some.parts[2]).drop_columns("sample")
    pq.write_table(table, some.shard("codes", 2))
    code, out, err = latent(*some.asked, "--dask", dask, *skip)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"shard {some.shard('codes', 2).name}" in err


def test_an_id_in_two_shards_is_named(some, dask, latent):
    pq.write_table(some.table(np.append(some.parts[2], 7)), some.shard("codes", 2))
    code, out, err = latent(*some.asked, "--dask", dask)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "id s7 occurs 2 times in 'sample'" in err
