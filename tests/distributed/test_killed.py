"""A worker is killed while a task of each command runs there: every answer is that of one machine."""

import shlex

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

FACTORS = "{x} {there}/factors.parquet"

COMMANDS = {
    "info -v {x}": "survey",
    "neighbors w5 w199999 -v {x}": "best_of",
    "analogy w10 w20 w30 -v {x}": "best_of",
    "expr 'w1 - w2 + 0.5*w150000' -v {x}": "best_of",
    "similarity w1 w150000 -v {x}": "survey",
    "evaluate similarity {there}/pairs.txt --resamples 20 -v {x}": "survey",
    "evaluate analogies {there}/questions.txt -v {x}": "best_of",
    "geometry {x} --sample 50 --only isotropy,hubness,participation_ratio": "_reduced",
    "geometry {x} --sample 50 --only hubness": "_nearest",
    f"mig {FACTORS}": "count_all",
    f"jemmig {FACTORS}": "count_all",
    f"dcimig {FACTORS}": "count_all",
    f"modularity {FACTORS}": "look",
    f"med {FACTORS}": "count_all",
    f"sap {FACTORS} --estimator r2": "sums",
    "typical {x} --rows": "_of",
    "project {x} {there}/line.npy": "_of",
    "edit {x} {there}/line.npy --by 2 -o {out}": "_rewrite",
    "truncate {x} --mean {there}/line.npy -o {out}": "_rewrite",
    "drift {x} {there}/other.npy --sample 100": "_reduced_parts",
    "map {x} --sample 300": "survey",
    "map {x} --method pca --sample 300": "survey",
    "convert {x} {file}": "take",
    "convert {x} {folder} --to npy": "_convert",
}
"""Commands, and the function of a shard at whose second call on a worker this worker dies."""

ARRAYS = (
    "mig",
    "jemmig",
    "dcimig",
    "modularity",
    "med",
    "sap",
    "typical",
    "project",
    "edit",
    "truncate",
    "drift",
)
QUICK = ("neighbors", "mig", "truncate", "convert {x} {folder}")
"""Those that are tried in every run of the tests; the others are slow."""


def _of(line):
    marks = () if line.startswith(QUICK) else pytest.mark.slow
    return pytest.param(line, COMMANDS[line], id=line, marks=marks)


@pytest.fixture(scope="session")
def there(tmp_path_factory, vectors):
    """All vectors in one file; factors, a direction, another set, pairs and questions."""
    folder = tmp_path_factory.mktemp("whole")
    rows = len(vectors)
    rng = np.random.default_rng(3)
    vectors_of = pa.FixedSizeListArray.from_arrays(pa.array(vectors.ravel()), vectors.shape[1])
    words = [f"w{row}" for row in range(rows)]
    pq.write_table(pa.table({"word": words, "vector": vectors_of}), folder / "whole.parquet")
    np.save(folder / "whole.npy", vectors)
    classes = np.digitize(vectors[:, :3] + 0.5 * rng.standard_normal((rows, 3)), [-1, 0, 1])
    columns = {f"f{k}": classes[:, k] for k in range(3)}
    columns["level"] = vectors[:, 5].astype(float) + rng.standard_normal(rows)
    pq.write_table(pa.table(columns), folder / "factors.parquet")
    np.save(folder / "line.npy", vectors[4:5])
    np.save(folder / "other.npy", vectors[:3000] * 1.5 + 0.25)
    lines = [f"w{n} w{n * 7} {n % 5}\n" for n in range(1, 60)]
    (folder / "pairs.txt").write_text("".join(lines))
    lines = [f"w{n} w{n + 1} w{n + 2} w{n + 3}\n" for n in range(4, 20)]
    (folder / "questions.txt").write_text(": some\n" + "".join(lines))
    return folder


@pytest.mark.parametrize(("line", "function"), [*map(_of, COMMANDS)])
def test_a_worker_that_is_killed_changes_no_answer(
    line, function, shards, there, tmp_path, kill, answers, shared_cache, monkeypatch
):
    monkeypatch.setenv("LATENT_CACHE_DIR", str(shared_cache))
    plain, laid = tmp_path / "plain", tmp_path / "laid"
    plain.mkdir()

    def typed(x, out, file, folder):
        return shlex.split(line.format(x=x, out=out, there=there, file=file, folder=folder))

    whole = there / ("whole.npy" if line.startswith(ARRAYS) else "whole.parquet")
    one = answers(*typed(whole, plain / "x.npy", plain / "x.npy", plain / "x.npy"))
    with kill(function) as dask:
        given = typed(shards, laid, tmp_path / "laid.npy", f"{laid}/")
        many = answers(*given, "--dask", dask)
    if list(plain.iterdir()):
        np.testing.assert_array_equal(rows_of(tmp_path), np.load(plain / "x.npy"))
        return
    same(one["results"], many["results"])
    same(one["summary"], many["summary"])


def rows_of(folder):
    """The vectors that were written over shards: in a file, or in shards of .npy or Parquet."""
    found = sorted((folder / "laid").iterdir()) if (folder / "laid").is_dir() else []
    if not found:
        return np.load(folder / "laid.npy")
    if found[0].suffix == ".parquet":
        table = pa.concat_tables([pq.read_table(path) for path in found])
        flat = table["vector"].combine_chunks().flatten().to_numpy()
        return flat.reshape(len(table), -1)
    return np.concatenate([np.load(path) for path in found if path.suffix == ".npy"])


def same(one, many):
    """Equal, and sums of float64 to 1e-12."""
    assert type(one) is type(many)
    if isinstance(one, dict):
        ignored = {"model", "file", "bytes", "cached"}
        assert one.keys() == many.keys()
        for key in one.keys() - ignored:
            same(one[key], many[key])
    elif isinstance(one, list):
        assert len(one) == len(many)
        for a, b in zip(one, many, strict=True):
            same(a, b)
    elif isinstance(one, float):
        assert many == pytest.approx(one, rel=1e-12, abs=1e-15, nan_ok=True)
    else:
        assert one == many
