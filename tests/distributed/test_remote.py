"""Shards of a web server: the workers fetch them; a pattern and a folder are their files."""

import http.server

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest
from serving import serving

pytest.importorskip("aiohttp")
zarr = pytest.importorskip("zarr")

CODES = np.random.default_rng(0).standard_normal((900, 8)).astype(np.float32)
PARTS = np.array_split(np.arange(900), 3)
KINDS = ["npy", "parquet", "arrow", "zarr"]


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; of some files it sends an error, or too little."""

    def send_head(self):
        name = self.path.rsplit("/", 1)[-1]
        if self.server.faults.get(name) == "broken":
            self.send_error(500)
            return None
        return super().send_head()

    def copyfile(self, source, target):
        name = self.path.rsplit("/", 1)[-1]
        if self.server.faults.get(name) == "cut":
            target.write(source.read(100))
            self.close_connection = True
        else:
            super().copyfile(source, target)

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path):
    """A folder, and its server."""
    folder = tmp_path / "served"
    (folder / "emb").mkdir(parents=True)
    with serving(folder, Handler) as server:
        server.faults, server.emb = {}, folder / "emb"
        server.url += "/emb"
        yield server


def fill(folder, kind):
    for place, part in enumerate(PARTS):
        path = folder / f"part-{place:05d}-of-00003.{kind}"
        flat = pa.FixedSizeListArray.from_arrays(pa.array(CODES[part].ravel()), 8)
        table = pa.table({"word": [f"w{row}" for row in part], "vector": flat})
        if kind == "npy":
            np.save(path, CODES[part])
        elif kind == "zarr":
            zarr.save(str(path), CODES[part])
        elif kind == "parquet":
            pq.write_table(table, path)
        else:
            feather.write_feather(table, path)
    return path.name


@pytest.mark.parametrize("pattern", ["", "*.{}"], ids=["folder", "pattern"])
@pytest.mark.parametrize("kind", KINDS)
def test_shards_of_a_server_are_those_of_a_folder(kind, pattern, served, dask, answers):
    fill(served.emb, kind)
    address = f"{served.url}/{pattern.format(kind)}"
    word = "w5" if kind in ("parquet", "arrow") else "#5"
    for asked in (("neighbors", word, "-k", "3", "-v"), ("typical",)):
        here, there = (answers(*asked, one, "--dask", dask) for one in (served.emb, address))
        assert here["results"] == there["results"]
        assert (there["settings"]["shards"], there["settings"]["rows"]) == (3, 900)


@pytest.mark.parametrize("kind", KINDS)
def test_new_shards_of_a_server(kind, served, tmp_path, dask, answers):
    fill(served.emb, kind)
    np.save(tmp_path / "line.npy", CODES[:1])
    for name, one in (("here", served.emb), ("there", f"{served.url}/")):
        given = ("edit", one, tmp_path / "line.npy", "--by", "2", "-o", tmp_path / name)
        answers(*given, "--dask", dask)
    here = [one for one in sorted((tmp_path / "here").rglob("*")) if one.is_file()]
    assert len(here) >= 3
    for one in here:
        there = tmp_path / "there" / one.relative_to(tmp_path / "here")
        assert one.read_bytes() == there.read_bytes()


def test_codes_and_factors_of_a_server(served, tmp_path, dask, answers):
    fill(served.emb, "parquet")
    factors = (CODES[:, :2] > 0).astype(int)
    (served.emb.parent / "factors").mkdir()
    for place, part in enumerate(PARTS):
        np.save(served.emb.parent / "factors" / f"p{place}.npy", factors[part])
    np.save(tmp_path / "codes.npy", CODES)
    np.save(tmp_path / "factors.npy", factors)
    one = answers("mig", tmp_path / "codes.npy", tmp_path / "factors.npy")
    there = (f"{served.url}/", served.url.removesuffix("emb") + "factors/")
    many = answers("mig", *there, "--dask", dask)
    assert many["summary"] == one["summary"]


@pytest.mark.parametrize("fault", ["broken", "cut", "missing"])
@pytest.mark.parametrize("kind", ["npy", "parquet"])
def test_a_shard_that_does_not_come_is_named(kind, fault, served, dask, latent):
    last = fill(served.emb, kind)
    served.faults[last] = fault
    if fault == "missing":
        (served.emb / last).unlink()
    asked = ("typical", f"{served.url}/", "--dask", dask)
    code, out, err = latent(*asked)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert f"shard {last}" in err
    code, _, err = latent(*asked, "--skip-bad-shards")
    assert (code, f"1 shard is left out; the first: shard {last}" in err) == (0, True), err


@pytest.mark.parametrize(
    ("address", "message"),
    [("*.npz", "no files match"), ("nowhere/", "no files match"), ("nowhere/x.npy", "there is no such file (404)")],
)  # fmt: skip
def test_what_is_not_there_is_one_line(address, message, served, dask, latent):
    fill(served.emb, "npy")
    code, out, err = latent("typical", f"{served.url}/{address}", "--dask", dask)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert message in err


def test_a_server_that_does_not_answer_is_one_line(served, dask, latent):
    served.shutdown()
    served.server_close()
    for address in (f"{served.url}/", f"{served.url}/*.npy", f"{served.url}/x.npy"):
        code, out, err = latent("typical", address, "--dask", dask)
        assert (code, out, err.count("\n"), "cannot fetch" in err) == (1, "", 1, True), err


def test_shards_are_written_to_folders(served, tmp_path, dask, latent):
    fill(served.emb, "npy")
    np.save(tmp_path / "line.npy", CODES[:1])
    given = ("edit", f"{served.url}/", tmp_path / "line.npy", "--by", "2", "--dask", dask)
    code, out, err = latent(*given, "-o", f"{served.url}/out/")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "shards are written to folders" in err
