import io
import zipfile

import numpy as np
import pytest
from scipy import sparse

import latentcli
from latentcli.errors import FormatError
from latentcli.files import codes, contents, writing
from latentcli.files.arrays import AmbiguousError
from latentcli.files.formats import npz
from latentcli.files.store.cache import open_entry
from latentcli.files.stream import Stream

VALUES = np.array([[1, 2], [3, 4], [5, 6.5]])
WORDS = ["the", "naïve", "東京"]


def saved(write=np.savez, **arrays):
    out = io.BytesIO()
    write(out, **arrays)
    return out.getvalue()


def members(**contents):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in contents.items():
            archive.writestr(f"{name}.npy", content)
    return out.getvalue()


@pytest.mark.parametrize("write", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f2", "<f4", ">f8", "<i4"])
def test_the_only_array_is_read(opened, write, order, dtype):
    values = np.asarray(VALUES.astype(dtype), order=order)
    entry = opened(saved(write, anything=values), "codes.npz")
    assert entry.matrix.tolist() == values.tolist()
    assert (entry.meta["key"], entry.meta["dtype"]) == ("anything", str(values.dtype))


@pytest.mark.parametrize(
    ("arrays", "key"),
    [
        ({"step": np.arange(3), "mine": VALUES}, "mine"),
        ({"loss": np.ones(3), "w": VALUES}, "w"),
        ({"zzz": VALUES, "arr_0": VALUES}, "arr_0"),
        ({"vectors": VALUES, "z": VALUES}, "vectors"),
        ({"scalar": np.float32(1), "mine": VALUES}, "mine"),
    ],
)
def test_the_array_that_is_meant_is_found(opened, arrays, key):
    entry = opened(saved(**arrays), "codes.npz")
    assert entry.meta["key"] == key
    assert entry.matrix.tolist() == VALUES.tolist()


def test_several_arrays_that_may_be_meant_are_listed(put):
    path = put(saved(one=VALUES, two=np.ones((1, 18, 8), dtype="f4")), "codes.npz")
    with pytest.raises(AmbiguousError) as error:
        open_entry(str(path))
    assert str(error.value) == (
        "codes.npz: several arrays (one (3, 2) float64, two (1, 18, 8) float32). "
        "Pick one: codes.npz::one"
    )
    assert open_entry(f"{path}::two").matrix.shape == (1, 144)


def test_an_array_that_is_not_there_is_an_error_that_lists_the_others(put):
    with pytest.raises(FormatError) as error:
        open_entry(f"{put(saved(w=VALUES), 'codes.npz')}::v")
    assert str(error.value) == "codes.npz: no array 'v'. It holds w (3, 2) float64."


@pytest.mark.parametrize("name", ["words", "label", "anything"])
@pytest.mark.parametrize("kind", ["U", "S"])
def test_an_array_of_text_holds_the_words(opened, name, kind):
    words = np.array([word.encode() for word in WORDS] if kind == "S" else WORDS)
    entry = opened(saved(w=VALUES, **{name: words}), "codes.npz")
    assert [word for _, word in entry.vocabulary.items()] == WORDS
    assert entry.notes == [f"codes.npz: the words are its array '{name}'"]


def test_text_that_does_not_fit_the_rows_is_no_words(opened):
    assert not opened(saved(w=VALUES, words=np.array(["a", "b"])), "codes.npz").vocabulary.named


def test_words_that_utf8_cannot_hold_are_shown(opened):
    words = np.array(["a", "\ud800", "c"])
    entry = opened(saved(w=VALUES, words=words), "codes.npz")
    assert entry.vocabulary.words([1]) == ["\\ud800"]


def test_words_that_are_no_unicode_are_refused(opened):
    words = np.array([1, 0x7FFFFFFF, 3], dtype="<u4").view("<U1")
    with pytest.raises(FormatError, match="'words' is damaged: no Unicode"):
        opened(saved(w=VALUES, words=words), "codes.npz")


def test_rows_with_one_label_are_all_kept(opened):
    entry = opened(saved(w=VALUES, words=np.array(["a", "b", "a"])), "codes.npz")
    assert len(entry.vocabulary) == 3
    assert (entry.norms > 0).all()
    assert "1 row shares its label with an earlier row" in entry.notes[0]


def test_objects_are_never_unpickled(put, tmp_path):
    class Trap:
        def __reduce__(self):
            return (tmp_path / "sprung").mkdir, ()

    traps = np.array([Trap(), Trap(), Trap()], dtype=object)
    path = put(saved(w=VALUES, words=traps), "codes.npz")
    entry = open_entry(str(path))
    assert not entry.vocabulary.named
    for call in (
        lambda: open_entry(f"{path}::words"),
        lambda: open_entry(str(path), labels="words"),
    ):
        with pytest.raises(FormatError, match=r"objects|not words"):
            call()
    assert not (tmp_path / "sprung").exists()


def test_words_that_were_changed_are_found_by_their_checksum(opened):
    content = bytearray(saved(w=VALUES, words=np.array(WORDS)))
    content[content.index("東".encode("utf-32-le"))] ^= 1
    with pytest.raises(FormatError, match=r"^codes\.npz: .*\(Bad CRC-32"):
        opened(bytes(content), "codes.npz")


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_numbers_that_were_changed_are_found_by_their_checksum(opened, method):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive, archive.open("w.npy", "w") as member:
        np.save(member, np.random.default_rng(0).normal(size=(200, 4)))
    content = bytearray(out.getvalue())
    content[2000] ^= 0xFF
    with pytest.raises(FormatError, match=r"^codes\.npz::w: (damaged|truncated)"):
        opened(bytes(content), "codes.npz")


@pytest.mark.parametrize(
    "content",
    [b"", b"\x93NUM", b"\x93NUMPY\x02\x00\xff\xff\xff\x7f", b"not an array", b"\x80\x04."],
)
def test_a_member_that_is_no_array_is_refused(opened, content):
    with pytest.raises(FormatError, match=r"^codes\.npz::w: a damaged \.npy header"):
        opened(members(w=content), "codes.npz")


def test_a_short_member_is_refused(opened):
    out = io.BytesIO()
    np.save(out, VALUES)
    with pytest.raises(FormatError, match=r"^codes\.npz::w: truncated: 2 of 3 rows are there"):
        opened(members(w=out.getvalue()[:-8]), "codes.npz")


def test_a_header_of_gigabytes_in_a_small_member_is_not_unpacked(opened):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("w.npy", b"\x93NUMPY\x02\x00\xff\xff\xff\x0f" + b" " * (32 << 20))
    with pytest.raises(FormatError, match="of 268,435,467 bytes"):
        opened(out.getvalue(), "codes.npz")


@pytest.mark.parametrize("name", ["line\nbreak", "\x1b[31m", "\udc80", "::", "a/b"])
def test_any_name_of_an_array_is_one_printable_line_in_messages(put, name):
    content = members(**{name: b"nothing"}) if name != "\udc80" else None
    if content is None:  # a name that says it is UTF-8 and is not
        content = members(aé=b"nothing").replace("é".encode(), b"\xff\xff")
    with pytest.raises(FormatError) as error:
        open_entry(str(put(content, "codes.npz")))
    assert str(error.value).startswith("codes.npz")
    assert str(error.value).isprintable()


def test_what_is_written_is_what_numpy_loads(put, tmp_path):
    source = str(put(saved(w=VALUES.astype("f2"), words=WORDS), "in.npz"))
    writing.write(contents.array_of(source, open_entry(source)), tmp_path / "out.npz")
    with np.load(tmp_path / "out.npz", allow_pickle=False) as loaded:
        assert sorted(loaded) == ["vectors", "words"]
        assert loaded["vectors"].dtype == np.float16
        assert loaded["vectors"].tolist() == VALUES.tolist()
        assert loaded["words"].tolist() == WORDS


def test_words_are_read_by_name(put):
    path = put(saved(w=VALUES, a=np.array(WORDS), n=np.arange(3)), "codes.npz")
    with Stream(path) as stream:
        assert npz.read_words(stream, "a") == WORDS
    with Stream(path) as stream, pytest.raises(FormatError, match="'n' holds int64, not words"):
        npz.read_words(stream, "n")
    with (
        Stream(path) as stream,
        pytest.raises(FormatError, match="no array 'b'; it holds w, a, n"),
    ):
        npz.read_words(stream, "b")


def test_a_real_projection(data):
    path = data / "latents" / "pti_projected_w.npz"
    entry = open_entry(str(path))
    assert (entry.meta["key"], entry.meta["shape"]) == ("w", [1, 18, 512])
    assert entry.matrix.tobytes() == np.load(path)["w"].tobytes()


def test_an_archive_of_a_vector_for_each_name_is_a_space(tmp_path):
    rng = np.random.default_rng(0)
    vectors = {f"utterance-{k}": rng.normal(size=7) for k in range(20)}
    np.savez(tmp_path / "speech.npz", **vectors)
    space = latentcli.open(tmp_path / "speech.npz")
    assert space.matrix.shape == (20, 7)
    for name, vector in vectors.items():
        assert np.allclose(space[name], vector, atol=1e-6)


def test_a_sparse_matrix_is_refused(tmp_path):
    path = tmp_path / "s.npz"
    sparse.save_npz(path, sparse.csr_matrix([[0.1, 0.0], [0.0, 0.2]]))
    with pytest.raises(FormatError, match=r"sparse matrix of SciPy.*toarray"):
        codes.load(str(path))


def test_words_of_python_objects_are_named(tmp_path):
    path = tmp_path / "w.npz"
    np.savez(path, words=np.array(["king", "queen"], dtype=object), vectors=np.eye(2))
    notes = " ".join(codes.load(str(path)).notes)
    assert "its array 'words' is of Python objects" in notes
    assert "words.astype(str)" in notes
