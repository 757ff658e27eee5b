"""Metrics of codes in shards: equal to those of one machine, whatever is killed meanwhile."""

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

ROWS, SHARDS = 150_000, 5
METRICS = ("mig", "jemmig", "dcimig", "modularity", "med")


@pytest.fixture(scope="session")
def sets(tmp_path_factory):
    """Codes and factors, as a file each and in shards of unequal size, with every awkward thing in them."""
    rng = np.random.default_rng(0)
    factors = rng.integers(0, [3, 5, 30], (ROWS, 3))
    angle = rng.uniform(0, 6.28, ROWS)
    codes = np.hstack([
        factors + 0.5 * rng.normal(size=factors.shape), np.cos(angle)[:, None],
        rng.integers(0, 4, (ROWS, 2)), rng.normal(size=(ROWS, 8)), np.ones((ROWS, 1)),
    ]).astype(np.float32)  # fmt: skip
    codes[7, 8] = 1e6  # takes the bins
    columns = {f"f{k}": factors[:, k].astype(float) for k in range(3)} | {"angle": angle}
    columns["f1"][::7] = np.nan
    folder = tmp_path_factory.mktemp("sets")
    np.save(folder / "codes.npy", codes)
    pq.write_table(pa.table(columns), folder / "factors.parquet")
    (folder / "codes").mkdir()
    (folder / "factors").mkdir()
    for place, part in enumerate(np.split(np.arange(ROWS), [10, 40_000, 90_000, 140_000])):
        np.save(folder / "codes" / f"part-{place}.npy", codes[part])
        table = pa.table({name: column[part] for name, column in columns.items()})
        pq.write_table(table, folder / "factors" / f"part-{place}.parquet")
    return folder


def same(one, many):
    def numbers(answer):
        return [{k: v for k, v in row.items() if k != "model"} for row in answer["results"]]

    assert numbers(many) == numbers(one)
    assert many["summary"] == one["summary"]
    assert many["notes"] == one["notes"]


@pytest.mark.parametrize("metric", METRICS)
def test_metrics_by_counts_are_those_of_one_machine(metric, sets, dask, answers):
    one = answers(metric, sets / "codes.npy", sets / "factors.parquet", "--periodic", "angle")
    given = (metric, sets / "codes", sets / "factors", "--periodic", "angle", "--dask", dask)
    many = answers(*given)
    one["notes"] = [note for note in one["notes"] if "binning quantile" not in note]
    same(one, many)
    settings = many["settings"]
    assert (settings["shards"], settings["workers"], settings["rows"]) == (SHARDS, 2, ROWS)


def test_again_with_a_worker_killed_and_fixed_bins(sets, deadly, answers):
    options = ("--binning", "fixed", "--limits=-3,9")
    one = answers("mig", sets / "codes.npy", sets / "factors.parquet", *options)
    same(one, answers("mig", sets / "codes", sets / "factors", *options, "--dask", deadly))


def test_few_codes_have_every_metric(tmp_path, dask, answers):
    rng = np.random.default_rng(1)
    factors = rng.integers(0, 3, (300, 2))
    codes = factors + 0.3 * rng.normal(size=(300, 2))
    for name, values in (("codes", codes), ("factors", factors)):
        (tmp_path / name).mkdir()
        np.save(tmp_path / f"{name}.npy", values)
        for place, part in enumerate(np.array_split(values, 3)):
            np.save(tmp_path / name / f"p{place}.npy", part)
    given = (tmp_path / "codes", tmp_path / "factors", "--dask", dask)
    for metric in ("sap", "irs"):
        one = answers(metric, tmp_path / "codes.npy", tmp_path / "factors.npy")
        same(one, answers(metric, *given))


@pytest.fixture
def with_ids(tmp_path):
    """Codes and factors whose rows are in other orders, with an id; some are on one side only."""
    rng = np.random.default_rng(2)
    factors = rng.integers(0, 4, (120_000, 2))
    codes = np.hstack([factors, rng.normal(size=(120_000, 16))]).astype(np.float32)
    codes[:, :2] += 0.4 * rng.normal(size=(120_000, 2)).astype(np.float32)
    (tmp_path / "codes").mkdir()
    for place, part in enumerate(np.array_split(np.arange(120_000), 3)):
        vectors = pa.FixedSizeListArray.from_arrays(pa.array(codes[part].ravel()), 18)
        table = pa.table({"sample": [f"s{row}" for row in part], "vector": vectors})
        pq.write_table(table, tmp_path / "codes" / f"p{place}.parquet")
    order = rng.permutation(120_000)[:118_000]
    columns = {
        "sample": [f"s{row}" for row in order],
        "a": factors[order, 0],
        "b": factors[order, 1],
    }
    pq.write_table(pa.table(columns), tmp_path / "factors.parquet")
    kept = np.sort(order)
    np.save(tmp_path / "codes.npy", codes[kept])
    np.savez(tmp_path / "factors.npz", a=factors[kept, 0], b=factors[kept, 1])
    return tmp_path


def test_rows_are_matched_by_id(with_ids, dask, answers):
    one = answers("mig", with_ids / "codes.npy", with_ids / "factors.npz")
    given = ("--id", "sample", "--dask", dask)
    many = answers("mig", with_ids / "codes", with_ids / "factors.parquet", *given)
    assert "2,000 of 120,000 codes are left out" in many["notes"][0]
    many["notes"] = many["notes"][1:]
    same(one, many)


@pytest.mark.parametrize(
    ("options", "message"),
    [(("sap",), "needs all of them in the memory of one machine"),
     (("mig", "--binning", "quantile"), "--binning is quantile"),
     (("mig", "--estimator", "knn"), "needs all of them in the memory of one machine")],
)  # fmt: skip
def test_what_counts_do_not_give_is_refused_in_a_line(options, message, sets, dask, latent):
    metric, *more = options
    code, out, err = latent(
        metric, sets / "codes", sets / "factors", *more, "--dask", dask, "-q"
    )
    assert (code in (1, 2), out, err.count("\n")) == (True, "", 1)
    assert message in err


@pytest.mark.parametrize("fault", ["nan", "rows", "damaged"])
def test_what_is_wrong_with_shards_is_said_in_a_line(fault, sets, tmp_path, dask, latent):
    (tmp_path / "codes").mkdir()
    for path in (sets / "codes").iterdir():
        (tmp_path / "codes" / path.name).symlink_to(path)
    bad = tmp_path / "codes" / "part-2.npy"
    values = np.load(bad)
    bad.unlink()
    if fault == "damaged":
        bad.write_bytes(b"\x93NUMPY junk")
    else:
        values[3, 2] = np.nan
        np.save(bad, values if fault == "nan" else values[50:150])
    code, out, err = latent("mig", tmp_path / "codes", sets / "factors", "--dask", dask)
    assert (code, out, err.count("\n")) == (1, "", 1)
    said = {
        "nan": "part-2.npy: 1 row with NaN or infinity",
        "rows": "have 100,100 rows",
        "damaged": "part-2.npy",
    }
    assert said[fault] in err
