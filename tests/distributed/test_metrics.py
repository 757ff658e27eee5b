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


def test_fixed_bins_are_those_of_one_machine(sets, dask, answers):
    options = ("--binning", "fixed", "--limits=-3,9")
    one = answers("mig", sets / "codes.npy", sets / "factors.parquet", *options)
    same(one, answers("mig", sets / "codes", sets / "factors", *options, "--dask", dask))


def close(one, many):
    """Equal, and numbers to 1e-12."""
    if isinstance(one, dict):
        assert one.keys() == many.keys()
        for key in one.keys() - {"model"}:
            close(one[key], many[key])
    elif isinstance(one, list):
        for a, b in zip(one, many, strict=True):
            close(a, b)
    elif isinstance(one, float):
        assert many == pytest.approx(one, rel=1e-12, abs=1e-15)
    else:
        assert one == many


ALL_CONTINUOUS = ("--continuous", "angle", *(f"--continuous=f{k}" for k in range(3)))


@pytest.mark.parametrize("options", [("--estimator", "r2"), ALL_CONTINUOUS], ids=" ".join)
def test_sap_by_squared_correlation_is_that_of_one_machine(options, sets, dask, answers):
    given = ("--periodic", "angle", *options)
    one = answers("sap", sets / "codes.npy", sets / "factors.parquet", *given)
    many = answers("sap", sets / "codes", sets / "factors", *given, "--dask", dask)
    for key in ("results", "summary", "notes"):
        close(one[key], many[key])
    assert many["settings"]["shards"] == SHARDS


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


def without(sets, gone, target):
    """Codes and factors of one machine without some rows."""
    kept = np.delete(np.arange(ROWS), gone)
    np.save(target / "codes.npy", np.load(sets / "codes.npy")[kept])
    pq.write_table(
        pq.read_table(sets / "factors.parquet").take(kept), target / "factors.parquet"
    )
    return target / "codes.npy", target / "factors.parquet"


@pytest.mark.parametrize("factors", ["factors", "factors.parquet"])
@pytest.mark.parametrize("fault", ["damaged", "missing", "wide"])
def test_rows_of_a_bad_shard_are_left_out(
    fault, factors, sets, tmp_path, dask, answers, latent
):
    """Of codes and factors alike, whether factors are in as many shards or in one file."""
    (tmp_path / "codes").mkdir()
    for place, path in enumerate(sorted((sets / "codes").iterdir())):
        (tmp_path / "codes" / f"p-{place}-of-5.npy").symlink_to(path)
    bad = tmp_path / "codes" / "p-2-of-5.npy"
    bad.unlink()
    if fault == "damaged":
        bad.write_bytes(b"\x93NUMPY junk")
    elif fault == "wide":
        np.save(bad, np.ones((7, 3)))
    asked = ("mig", tmp_path / "codes", sets / factors, "--periodic", "angle", "--dask", dask)
    code, out, err = latent(*asked)
    assert (code, out, "p-2-of-5.npy" in err) == (1, "", True)
    many = answers(*asked, "--skip-bad-shards")
    assert "1 shard is left out; the first: shard p-2-of-5.npy" in many["notes"][0]
    assert (many["settings"]["skipped_shards"], many["settings"]["shards"]) == (1, 4)
    many["notes"] = many["notes"][1:]
    files = without(sets, np.arange(40_000, 90_000), tmp_path)
    same(answers("mig", *files, "--periodic", "angle"), many)


def test_codes_of_a_bad_shard_of_factors_are_left_out(sets, tmp_path, dask, answers):
    (tmp_path / "factors").mkdir()
    for path in (sets / "factors").iterdir():
        (tmp_path / "factors" / path.name).symlink_to(path)
    bad = tmp_path / "factors" / "part-3.parquet"
    bad.unlink()
    bad.write_bytes(b"PAR1junk")
    asked = ("med", sets / "codes", tmp_path / "factors", "--periodic", "angle", "--dask", dask)
    many = answers(*asked, "--skip-bad-shards")
    assert "1 shard is left out; the first: shard part-3.parquet" in many["notes"][0]
    many["notes"] = many["notes"][1:]
    files = without(sets, np.arange(90_000, 140_000), tmp_path)
    same(answers("med", *files, "--periodic", "angle"), many)


def test_factors_whose_rows_are_unknown_are_refused(sets, tmp_path, dask, latent):
    (tmp_path / "codes").mkdir()
    for place, path in enumerate(sorted((sets / "codes").iterdir())):
        new = tmp_path / "codes" / path.name
        new.write_bytes(b"junk") if place in (1, 3) else new.symlink_to(path)
    asked = ("mig", tmp_path / "codes", sets / "factors.parquet", "--dask", dask)
    code, out, err = latent(*asked, "--skip-bad-shards")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "name factors in 5 shards, or --id" in err


@pytest.mark.parametrize("metric", ["mig", "med"])
def test_repeated_rows_are_found_in_shards(metric, tmp_path, dask, answers):
    """Rows of noise that are there four times, in any shard, are no new evidence."""
    rng = np.random.default_rng(3)
    order = rng.permutation(np.repeat(np.arange(14_000), 4))
    codes, factors = (
        rng.normal(size=(14_000, 40))[order],
        rng.integers(0, [3, 30], (14_000, 2))[order],
    )
    np.save(tmp_path / "codes.npy", codes)
    np.savetxt(tmp_path / "factors.csv", factors, "%d", ",", header="a,b", comments="")
    (tmp_path / "codes").mkdir()
    for place, part in enumerate(np.split(codes, [3_000, 30_000])):
        np.save(tmp_path / "codes" / f"part-{place}.npy", part)
    one = answers(metric, tmp_path / "codes.npy", tmp_path / "factors.csv")
    many = answers(metric, tmp_path / "codes", tmp_path / "factors.csv", "--dask", dask)
    same(one, many)
    assert any(note.startswith("56,000 rows, 14,000 distinct: ") for note in many["notes"])
    assert {row["reading"] for row in many["results"] if row["level"] == "factor"} == {
        "not significant"
    }
