"""Codes in shards: a shard in, a shard out; scores and norms of all rows, as on one machine."""

import shutil

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

zarr = pytest.importorskip("zarr")

CODES = np.random.default_rng(0).standard_normal((4000, 8)).astype(np.float32)
PARTS = np.array_split(np.arange(4000), 4)


def table(part):
    vectors = pa.FixedSizeListArray.from_arrays(pa.array(CODES[part].ravel()), 8)
    return pa.table({"word": [f"w{row}" for row in part], "vector": vectors, "page": part})


KINDS = ["npy", "parquet", "arrow", "zarr"]


def save(path, codes, made=None):
    """Write a shard of the kind of its ending, as NumPy, pyarrow and zarr do it."""
    if path.suffix == ".npy":
        np.save(path, codes)
    elif path.suffix == ".zarr":
        zarr.save(str(path), codes)
    else:
        flat = pa.FixedSizeListArray.from_arrays(pa.array(codes.ravel()), codes.shape[1])
        made = made or pa.table({"vector": flat})
        if path.suffix == ".parquet":
            pq.write_table(made, path)
        else:
            feather.write_feather(made, path, compression="lz4")


def remove(path):
    shutil.rmtree(path) if path.is_dir() else path.unlink()


@pytest.fixture(params=KINDS)
def folder(request, tmp_path):
    made = tmp_path / "in"
    made.mkdir()
    for place, part in enumerate(PARTS):
        path = made / f"part-{place:05d}-of-00004.{request.param}"
        save(path, CODES[part], table(part))
    np.save(tmp_path / "whole.npy", CODES)
    np.save(tmp_path / "line.npy", CODES[:1] * 2)
    np.save(tmp_path / "mean.npy", CODES.mean(axis=0))
    return made


def written(folder):
    """The codes of all shards of a folder, and the other columns of tables, as NumPy, pyarrow and zarr read them."""
    paths = sorted(folder.iterdir())
    if paths[0].suffix == ".npy":
        return np.concatenate([np.load(path) for path in paths]), None
    if paths[0].suffix == ".zarr":
        return np.concatenate([zarr.open_array(str(path), mode="r")[:] for path in paths]), None
    read = pq.read_table if paths[0].suffix == ".parquet" else feather.read_table
    found = pa.concat_tables([read(path) for path in paths])
    flat = found["vector"].combine_chunks().flatten().to_numpy()
    return flat.reshape(-1, 8), found.drop_columns("vector")


CHANGES = [
    ("truncate", "--mean", "mean.npy", "--psi", "0.5"),
    ("edit", "line.npy", "--by", "2.5"),
    ("edit", "line.npy", "--to", "1"),
]


@pytest.mark.parametrize("change", CHANGES, ids=" ".join)
def test_new_shards_are_those_of_one_machine(change, folder, tmp_path, dask, answers):
    verb, *options = [tmp_path / one if one.endswith(".npy") else one for one in change]
    answers(verb, tmp_path / "whole.npy", *options, "-o", tmp_path / "one.npy")
    out = tmp_path / "out"
    laid = answers(verb, folder, *options, "--dask", dask, "-o", out)
    assert [path.name for path in sorted(out.iterdir())] == [
        path.name for path in sorted(folder.iterdir())
    ]
    codes, others = written(out)
    assert np.array_equal(codes, np.load(tmp_path / "one.npy"))
    assert codes.dtype == np.float32
    if others is not None:
        assert others.equals(written(folder)[1])
    assert (laid["settings"]["shards"], laid["settings"]["workers"]) == (4, 2)
    norms = np.linalg.norm(codes.astype(np.float64), axis=1)
    assert laid["summary"]["mean_norm"] == pytest.approx(norms.mean(), rel=1e-6)


def test_the_mean_of_shards_is_that_of_all_rows(folder, tmp_path, dask, answers):
    options = ("--mean-of", tmp_path / "whole.npy", "--psi", "0.5")
    answers("truncate", tmp_path / "whole.npy", *options, "-o", tmp_path / "one.npy")
    laid = ("--mean-of", folder, "--psi", "0.5", "--dask", dask, "-o", tmp_path / "out")
    answers("truncate", folder, *laid)
    codes, _ = written(tmp_path / "out")
    np.testing.assert_allclose(codes, np.load(tmp_path / "one.npy"), rtol=3e-7, atol=1e-12)


def test_shards_that_cannot_be_written_are_refused_at_once(tmp_path, dask, latent):
    np.savez(tmp_path / "z.npz", z=CODES)
    asked = (
        "edit",
        f"{tmp_path / 'z.npz'}::z",
        tmp_path / "z.npz",
        "--by",
        "1",
        "--dask",
        dask,
    )
    code, _, err = latent(*asked, "-o", tmp_path / "out", "--skip-bad-shards")
    assert (code, err.count("\n")) == (1, 1)


def test_force_is_for_files(folder, tmp_path, dask, latent):
    asked = ("edit", folder, tmp_path / "line.npy", "--by", "1", "--dask", dask, "--force")
    code, _, err = latent(*asked, "-o", tmp_path / "out")
    assert (code, "--force does not go with --dask" in err) == (2, True)


@pytest.mark.parametrize(
    "question",
    [("typical",), ("typical", "--reference", "whole.npy"), ("project", "line.npy")],
    ids=" ".join,
)
def test_scores_are_those_of_one_machine(question, folder, tmp_path, dask, answers):
    verb, *options = [tmp_path / one if one.endswith(".npy") else one for one in question]
    plain = answers(verb, tmp_path / "whole.npy", *options)
    laid = answers(verb, folder, *options, "--dask", dask)
    for key in ("results", "summary", "notes"):
        assert plain[key] == laid[key]
    assert laid["settings"]["shape"] == "4000 x 8"


@pytest.mark.parametrize("fault", ["damaged", "wide", "missing"])
def test_no_new_shard_stays_after_a_failure(fault, folder, tmp_path, dask, latent):
    path = sorted(folder.iterdir())[2]
    if fault == "damaged":
        files = [one for one in path.rglob("*") if one.is_file()] or [path]
        for one in files:  # of Zarr the metadata stays, and a chunk is cut short
            if one.name != "zarr.json":
                one.write_bytes(one.read_bytes()[:200])
    else:
        remove(path)
    if fault == "wide":
        save(path, np.ones((7, 9), dtype=np.float32))
    mean = np.zeros(8)
    np.save(tmp_path / "mean.npy", mean)
    asked = ("truncate", folder, "--mean", tmp_path / "mean.npy", "--dask", dask)
    before = sorted(tmp_path.iterdir())
    code, out, err = latent(*asked, "-o", tmp_path / "out")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert path.name in err
    assert sorted(tmp_path.iterdir()) == before
    code, _, err = latent(*asked, "--skip-bad-shards", "-o", tmp_path / "out")
    assert (code, "1 shard is left out" in err) == (0, True)
    assert len(list((tmp_path / "out").iterdir())) == 3


def test_a_folder_that_is_there_is_refused(folder, tmp_path, dask, latent):
    asked = ("truncate", folder, "--mean", tmp_path / "mean.npy", "--dask", dask)
    code, _, err = latent(*asked, "-o", folder)
    assert (code, "is there already" in err) == (1, True)
    code, _, err = latent(*asked)
    assert (code, "-o" in err) == (2, True)


def test_words_beside_an_array_go_with_it(tmp_path, dask, answers):
    (tmp_path / "in").mkdir()
    for place, part in enumerate(PARTS):
        np.save(tmp_path / "in" / f"p{place}.npy", CODES[part])
        words = "".join(f"w{row}\n" for row in part)
        (tmp_path / "in" / f"p{place}.npy.words.txt").write_text(words)
    np.save(tmp_path / "line.npy", CODES[:1])
    out = tmp_path / "out"
    answers(
        "edit", tmp_path / "in", tmp_path / "line.npy", "--by", "1", "--dask", dask, "-o", out
    )
    for one in sorted((tmp_path / "in").glob("*.txt")):
        assert (out / one.name).read_text() == one.read_text()
    assert len([*out.iterdir()]) == 8


@pytest.mark.parametrize("kind", ["parquet", "arrow"])
def test_vectors_of_integers_lose_their_scale(kind, tmp_path, dask, answers):
    """New vectors are float32: the column of scales would be multiplied by once more."""
    (tmp_path / "in").mkdir()
    whole = np.arange(-40, 40, dtype=np.int8).reshape(10, 8)
    scale = np.linspace(0.5, 2, 10, dtype=np.float32)
    flat = pa.FixedSizeListArray.from_arrays(pa.array(whole.ravel()), 8)
    save(
        tmp_path / "in" / f"p.{kind}", whole,
        pa.table({"vector": flat, "vector_scale": scale, "page": range(10)}),
    )  # fmt: skip
    np.save(tmp_path / "line.npy", np.ones((1, 8), np.float32))
    out = tmp_path / "out"
    answers(
        "edit", tmp_path / "in", tmp_path / "line.npy", "--by", "1", "--dask", dask, "-o", out
    )
    codes, others = written(out)
    np.testing.assert_allclose(codes, whole * scale[:, None] + 1, rtol=1e-6)
    assert others.column_names == ["page"]


@pytest.mark.parametrize(
    ("kind", "said"),
    [("parquet", "1 row without a vector"), ("arrow", "1 row has no vector; the command convert leaves them out")],
)  # fmt: skip
def test_a_table_with_a_row_without_a_vector_is_named(kind, said, tmp_path, dask, latent):
    (tmp_path / "in").mkdir()
    vectors = pa.array([[1.0, 2.0], None, [3.0, 4.0]], pa.list_(pa.float32()))
    save(tmp_path / "in" / f"p.{kind}", CODES[:3], pa.table({"vector": vectors}))
    np.save(tmp_path / "line.npy", np.ones((1, 2)))
    asked = ("edit", tmp_path / "in", tmp_path / "line.npy", "--by", "1", "--dask", dask)
    code, out, err = latent(*asked, "-o", tmp_path / "out")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"shard p.{kind}: " in err
    assert said in err


def test_codes_of_layers_in_zarr(tmp_path, dask, answers):
    (tmp_path / "in").mkdir()
    layers = CODES.reshape(1000, 4, 8)
    for place, part in enumerate(np.array_split(layers, 3)):
        zarr.save(str(tmp_path / "in" / f"p{place}.zarr"), part)
    np.save(tmp_path / "mean.npy", layers.mean(axis=0))
    given = ("truncate", tmp_path / "in", "--mean", tmp_path / "mean.npy", "--axes", "NLD")
    answers(*given, "--dask", dask, "-o", tmp_path / "out")
    codes, _ = written(tmp_path / "out")
    expected = layers.mean(axis=0) + 0.7 * (layers - layers.mean(axis=0))
    np.testing.assert_allclose(codes, expected, rtol=1e-4, atol=1e-6)
