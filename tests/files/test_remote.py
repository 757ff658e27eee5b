"""Files of a web server: fetched once, kept as long as they are the same, whole or not at all."""

import http.server

import pytest
from serving import serving

from latentcli.errors import FileError, FormatError
from latentcli.files import inputs, remote
from latentcli.files.store.cache import open_entry

pytest.importorskip("aiohttp")

VECTORS = "king 1 2 3\nqueen 3 2 1\n"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Serves a folder; some paths fail in the ways that servers do."""

    def do_GET(self):
        self.server.asked.append(self.path)
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/v.txt")
            self.end_headers()
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(VECTORS.encode())
        elif self.path == "/broken":
            self.send_error(500)
        else:
            super().do_GET()

    def do_HEAD(self):
        if self.path in ("/moved", "/broken"):
            self.do_GET()
        elif self.path == "/cut":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
        else:
            super().do_HEAD()

    def end_headers(self):
        if self.server.tag:
            self.send_header("ETag", self.server.tag)
        super().end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def served(tmp_path, monkeypatch):
    """A folder, and its server; as in the library, where no command says that files stay as they are."""
    monkeypatch.setattr(inputs, "_noting", [])
    monkeypatch.setattr(inputs, "fetched", {})
    folder = tmp_path / "served"
    folder.mkdir()
    with serving(folder, Handler) as server:
        server.asked, server.tag = [], '"1"'
        yield server


def first(url):
    return open_entry(url).matrix[0].tolist()


def test_a_file_is_fetched_once_and_again_when_it_changes(served):
    (served.folder / "v.txt").write_text(VECTORS)
    url = f"{served.url}/v.txt"
    assert first(url) == first(url) == [1, 2, 3]
    assert served.asked == ["/v.txt"]
    (served.folder / "v.txt").write_text(VECTORS.replace("king 1", "king 7"))
    assert first(url) == [1, 2, 3]  # the server says that it is the same
    served.tag = '"2"'
    assert first(url) == [7, 2, 3]


def test_without_a_tag_size_and_time_tell(served):
    served.tag = ""
    (served.folder / "v.txt").write_text(VECTORS)
    url = f"{served.url}/v.txt"
    assert first(url) == first(url) == [1, 2, 3]
    assert served.asked == ["/v.txt"]
    (served.folder / "v.txt").write_text(VECTORS.replace("king 1", "king 10"))
    assert first(url) == [10, 2, 3]


def test_a_redirect_is_followed(served):
    (served.folder / "v.txt").write_text(VECTORS)
    assert first(f"{served.url}/moved") == [1, 2, 3]


@pytest.mark.parametrize(
    ("path", "message"),
    [("/nowhere.txt", "no such file"), ("/broken", "500"), ("/cut", "cannot fetch|came")],
)
def test_what_cannot_be_fetched_leaves_nothing(served, own_cache, path, message):
    with pytest.raises(FileError, match=message):
        open_entry(served.url + path)
    assert not [file for file in own_cache.rglob("*") if file.is_file()]


def test_a_server_that_is_not_there(served):
    served.shutdown()
    served.server_close()
    with pytest.raises(FileError, match="cannot fetch"):
        open_entry(f"{served.url}/v.txt")


def test_a_web_page_is_told(served):
    (served.folder / "page").write_text("<!doctype html><html>sign in</html>")
    with pytest.raises(FormatError, match="a web page"):
        open_entry(f"{served.url}/page")


def test_other_kinds_of_addresses():
    with pytest.raises(FileError, match="addresses begin with http"):
        open_entry("zip://a/b.txt")
    with pytest.raises(FileError, match=r"needs s3fs; install it with: pip install"):
        open_entry("s3://bucket/v.txt")


def test_a_copy_is_cleared_with_its_entry(served, latent, own_cache):
    (served.folder / "v.txt").write_text(VECTORS)
    url = f"{served.url}/v.txt"
    copy = remote.copy_of(url)
    for arguments in (["cache", "clear", url], ["cache", "clear"]):
        assert latent("neighbors", "king", "-v", url)[0] == 0
        assert copy.read_text() == VECTORS
        assert latent(*arguments)[0] == 0
        assert not [file for file in own_cache.rglob("*") if file.is_file()]


def test_within_a_command_a_file_is_asked_for_once(served, latent):
    (served.folder / "v.txt").write_text(VECTORS)
    url = f"{served.url}/v.txt"
    assert latent("info", url, "--json")[0] == 0
    assert latent("map", url, "--method", "pca", "--no-cache")[0] == 0
    assert served.asked.count("/v.txt") == 1


@pytest.mark.parametrize("address", ["emb/", "emb/*.txt"])
def test_a_folder_and_a_pattern_are_one_space(address, served):
    (served.folder / "emb").mkdir()
    (served.folder / "emb" / "b.txt").write_text("man 4 5 6\n")
    (served.folder / "emb" / "a.txt").write_text(VECTORS)
    (served.folder / "emb" / "notes.md").write_text("no vectors")
    entry = open_entry(f"{served.url}/{address}")
    assert entry.matrix.tolist() == [[1, 2, 3], [3, 2, 1], [4, 5, 6]]


def test_a_folder_of_several_kinds_is_refused(served):
    (served.folder / "emb").mkdir()
    (served.folder / "emb" / "a.txt").write_text(VECTORS)
    (served.folder / "emb" / "b.vec").write_text(VECTORS)
    with pytest.raises(FileError, match=r"name those of one kind: 'http://[^']*/emb/\*\.txt'"):
        open_entry(f"{served.url}/emb/")


def test_a_folder_without_vectors(served):
    (served.folder / "emb").mkdir()
    (served.folder / "emb" / "notes.md").write_text("no vectors")
    with pytest.raises(FileError, match="has no files of vectors"):
        open_entry(f"{served.url}/emb/")


def test_a_folder_elsewhere_is_told_by_its_file_system(monkeypatch):
    """Only a web server's folder needs its slash."""
    fsspec = pytest.importorskip("fsspec")
    files = fsspec.filesystem("memory")
    files.pipe({"/bucket/emb/b.npy": b"b", "/bucket/emb/a.npy": b"a", "/bucket/v": b"v"})
    monkeypatch.setattr(remote, "_system", lambda _: files)
    try:
        names = ["memory://bucket/emb/a.npy", "memory://bucket/emb/b.npy"]
        assert remote.listed("memory://bucket/emb") == names
        assert remote.listed("memory://bucket/v") == ["memory://bucket/v"]
    finally:
        files.rm("/bucket", recursive=True)


def test_the_files_of_a_pattern_have_the_host_of_ftp(monkeypatch):
    class Files:
        @staticmethod
        def glob(_):
            return ["/emb/b.npy", "/emb/a.npy"]

    monkeypatch.setattr(remote, "_system", lambda _: Files)
    for address in ("ftp://host/emb/*.npy", "ftp://host/emb/"):
        assert remote.listed(address) == ["ftp://host/emb/a.npy", "ftp://host/emb/b.npy"]
