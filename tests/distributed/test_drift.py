"""Drift between sets in shards: sums of all rows, and the sample that one machine draws."""

import numpy as np
import pytest

RANDOM = np.random.default_rng(0)
SETS = {
    "a": RANDOM.standard_normal((3000, 6)) * np.arange(1, 7),
    "b": RANDOM.standard_normal((2500, 6)) * np.arange(2, 8) + 0.5,
}
SETS["a"][1200, 3] = np.nan


@pytest.fixture
def folder(tmp_path):
    for name, rows in SETS.items():
        np.save(tmp_path / f"{name}.npy", rows)
        (tmp_path / name).mkdir()
        for place, part in enumerate(np.array_split(rows, [100, 1201, 1202, 2400])):
            np.save(tmp_path / name / f"p{place}.npy", part)
    return tmp_path


def same(plain, laid):
    assert len(plain) == len(laid)
    for one, other in zip(plain, laid, strict=True):
        for key, value in one.items():
            if isinstance(value, float):
                assert other[key] == pytest.approx(value, rel=1e-12), (one, key)
            else:
                assert other[key] == value


def test_shards_drift_as_on_one_machine(folder, dask, answers):
    options = ("--sample", "60")
    plain = answers("drift", folder / "a.npy", folder / "b.npy", *options)
    laid = answers("drift", folder / "a", folder / "b", *options, "--dask", dask)
    same(plain["results"], laid["results"])
    assert plain["summary"] == laid["summary"]
    assert plain["notes"] == laid["notes"]
    settings = laid["settings"]
    assert (settings["shards"], settings["workers"], settings["rows"]) == (10, 2, 5500)
    assert (settings["rows_x"], settings["rows_y"]) == (2999, 2500)


def test_two_passes_give_the_moments_of_all_rows_and_of_subsets(folder, dask, answers, passes):
    answers("drift", folder / "a", folder / "b", "--sample", "60", "--dask", dask)
    takes = ["take"] * 3  # of the row with NaN, and the samples
    assert sorted(passes) == [*["_reduced_parts"] * 4, "survey", "survey", *takes]


def test_subsets_of_few_rows_are_read_by_themselves(folder, dask, answers):
    """Of 70 rows in 40 dimensions, some subsets have fewer rows than dimensions."""
    for name, rows in (("few", 70), ("others", 90)):
        codes = np.random.default_rng(rows).standard_normal((rows, 40))
        np.save(folder / f"{name}.npy", codes)
        (folder / name).mkdir()
        for place, part in enumerate(np.array_split(codes, 3)):
            np.save(folder / name / f"p{place}.npy", part)
    plain = answers("drift", folder / "few.npy", folder / "others.npy", "--sample", "20")
    given = (folder / "few", folder / "others", "--sample", "20", "--dask", dask)
    same(plain["results"], answers("drift", *given)["results"])


def test_shards_of_another_width_are_refused(folder, dask, latent):
    np.save(folder / "b" / "p0.npy", np.ones((3, 2)))
    code, out, err = latent("drift", folder / "a", folder / "b", "--dask", dask)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "p1.npy" in err
    code, _, err = latent(
        "drift", folder / "a", folder / "a", "--dask", dask, "--skip-bad-shards"
    )
    assert code == 0
    (folder / "a" / "p2.npy").write_bytes(b"\x93NUMPY junk")
    given = ("drift", folder / "a", folder / "a", "--dask", dask, "--skip-bad-shards", "--json")
    code, out, err = latent(*given)
    assert (code, "1 shard is left out" in err) == (0, True)
    assert '"skipped_shards": 2' in out
