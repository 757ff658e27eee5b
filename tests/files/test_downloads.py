"""Downloads from a local server: whole, interrupted, wrong, without room, without network."""

import errno
import gzip
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

import latentcli
from latentcli.errors import FileError, FormatError, ParameterError
from latentcli.files import downloads

VECTORS = "king 1 0\nqueen 1 0.1\ncat 0 1\n" * 1 + "".join(f"w{n} {n} 1\n" for n in range(4000))
PACKED = gzip.compress(VECTORS.encode(), mtime=0)
ENTRY = {
    "num_records": 4003, "file_size": len(PACKED), "base_dataset": "made", "license": "CC0",
    "parameters": {"dimension": 2}, "checksum": hashlib.md5(PACKED).hexdigest(),
    "file_name": "small-2.gz", "parts": 1,
}  # fmt: skip


class Server:
    """What the server has, how it answers, and the ranges that were requested."""

    def __init__(self):
        self.listed = {"small-2": ENTRY, "__testing": ENTRY}
        self.content = PACKED
        self.stop_after = None
        self.ranges_work = True
        self.requested = []


@pytest.fixture
def server(monkeypatch, tmp_path):
    state = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path == "/list.json":
                return self.answer(200, json.dumps({"models": state.listed}).encode())
            if self.path != "/small-2/small-2.gz":
                return self.answer(404, b"")
            state.requested.append(self.headers.get("Range"))
            given = self.headers.get("Range")
            if given and state.ranges_work:
                return self.answer(206, state.content[int(given[6:-1]) :])
            return self.answer(200, state.content)

        def answer(self, code, content):
            self.send_response(code)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(
                content[: state.stop_after] if self.path.endswith(".gz") else content
            )

        def log_message(self, *args):
            pass

    http = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    monkeypatch.setenv("LATENT_CATALOG", f"http://127.0.0.1:{http.server_port}/list.json")
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    yield state
    http.shutdown()
    http.server_close()
    thread.join()


def test_the_catalog_is_listed(server, latent):
    code, out, err = latent("download", "--json")
    assert code == 0, err
    assert json.loads(out)["results"] == [
        {
            "name": "small-2", "bytes": len(PACKED), "rows": 4003, "dimensions": 2,
            "source": "made", "license": "CC0", "there": False,
        }
    ]  # fmt: skip


def test_what_was_downloaded_is_found_by_name(server, latent, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    steps = []
    path = latentcli.download(
        "small-2", progress=lambda done, total: steps.append((done, total))
    )
    assert path.read_bytes() == PACKED
    assert steps[-1] == (len(PACKED), len(PACKED))
    assert [one.name for one in path.parent.iterdir()] == ["small-2.gz"]
    assert len(latentcli.open("small-2")) == 4003
    code, out, _ = latent("neighbors", "king", "-v", "small-2", "-k", "1", "--json")
    assert code == 0
    assert json.loads(out)["results"][0]["word"]
    latentcli.download("small-2")
    assert len(server.requested) == 1, "it is not downloaded again"


@pytest.mark.parametrize("ranges_work", [True, False])
def test_an_interrupted_download_goes_on_where_it_stopped(server, ranges_work):
    server.stop_after = 5000
    with pytest.raises(FileError, match=r"ended after 5,000 of .*goes on from there"):
        latentcli.download("small-2")
    assert downloads.find("small-2") is None
    server.stop_after, server.ranges_work = None, ranges_work
    assert latentcli.download("small-2").read_bytes() == PACKED
    assert server.requested == [None, "bytes=5000-"]


@pytest.mark.parametrize(
    "content",
    [PACKED[:-1] + b"x", PACKED + b"more", b"y" * len(PACKED)],
    ids=["bit", "long", "other"],
)
def test_a_wrong_checksum_leaves_nothing(server, content):
    server.content = content
    with pytest.raises(FileError, match="checksum"):
        latentcli.download("small-2")
    assert not any((downloads.data_dir()).iterdir())


def test_a_full_disk_is_one_line(server, monkeypatch, latent):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *args):
            return None

        def write(self, block):
            raise OSError(errno.ENOSPC, "No space left on device")

    real = downloads.Path.open
    monkeypatch.setattr(
        downloads.Path,
        "open",
        lambda self, mode="r", *more, **named: (
            Full()
            if self.suffix == ".part" and mode != "rb"
            else real(self, mode, *more, **named)
        ),
    )
    code, out, err = latent("download", "small-2")
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "No space left on device" in err


def test_no_network_is_one_line(monkeypatch, latent, tmp_path):
    monkeypatch.setenv("LATENT_CATALOG", "http://127.0.0.1:9/list.json")
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    for arguments in (["download"], ["download", "small-2"]):
        code, out, err = latent(*arguments)
        assert (code, out) == (1, "")
        assert err.startswith("latent: error: cannot reach http://127.0.0.1:9/list.json: ")
        assert err.count("\n") == 1


def test_a_place_that_cannot_be_written_is_one_line(server, monkeypatch, latent, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "file"))
    code, out, err = latent("download", "small-2")
    assert (code, out) == (1, "")
    assert "cannot write" in err
    assert err.count("\n") == 1


def test_an_unknown_name_is_a_usage_error(server, latent):
    with pytest.raises(ParameterError, match="Did you mean small-2"):
        latentcli.download("small-3")
    assert latent("download", "small-3")[0] == 2


def test_a_file_that_is_gone_from_the_server(server):
    server.listed = {"other": {**ENTRY, "file_name": "other.gz"}}
    with pytest.raises(FileError, match="the server answers 404"):
        latentcli.download("other")


@pytest.mark.parametrize(
    "listed",
    [
        {"models": []},
        {"models": {"a": {"file_size": "many", "checksum": "x"}}},
        {"models": {"a": {"file_size": 3, "checksum": "x", "file_name": "../../evil"}}},
        [],
        "text",
    ],
)
def test_what_is_no_catalog_is_one_line(tmp_path, monkeypatch, listed):
    (tmp_path / "list.json").write_text(json.dumps(listed))
    monkeypatch.setenv("LATENT_CATALOG", (tmp_path / "list.json").as_uri())
    with pytest.raises(FormatError, match="not a catalog"):
        downloads.catalog()


def test_names_do_not_leave_the_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("LATENT_DATA_DIR", str(tmp_path / "data"))
    (tmp_path / "data").mkdir()
    (tmp_path / "evil.gz").write_bytes(PACKED)
    assert downloads.find("../evil") is None
    monkeypatch.setenv("LATENT_CATALOG", "ftp://somewhere/list.json")
    with pytest.raises(FileError, match="must begin with https://"):
        downloads.catalog()
