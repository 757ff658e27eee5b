import os
from pathlib import Path

import numpy as np
import pytest
from gensim.models import KeyedVectors
from hypothesis import given, settings
from hypothesis import strategies as st

from latentcli.errors import FileError, ParameterError
from latentcli.files import contents, writing
from latentcli.files.formats import projector, text, word2vec_binary
from latentcli.files.store.cache import open_entry

# The byte order mark and NUL are left out: at its start and in NumPy's text they are no letters.
LETTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0\n\r\ufeff")
WORDS = st.lists(
    st.one_of(
        st.sampled_from(["New York", ". . .", "[/b]", '"', "\x1b[31m", "東京", "🙂", "x\u00a0y", "</s>"]),
        st.text(LETTERS, min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=8,
    unique=True,
)  # fmt: skip
FLOATS = st.floats(width=32, allow_nan=False, allow_infinity=False)
COMPRESSIONS = ["", ".gz", ".bz2", ".xz", ".zip"]


@st.composite
def spaces(draw, words=WORDS):
    names = draw(words)
    dimensions = draw(st.integers(2, 5))
    flat = draw(
        st.lists(FLOATS, min_size=len(names) * dimensions, max_size=len(names) * dimensions)
    )
    values = np.array(flat, dtype=np.float32).reshape(len(names), dimensions)
    values[0, 0] = 0.25  # one row at least has a direction
    return names, values


def content_of(names, values):
    """Give the writers a space of these words and rows."""
    return contents.Content(
        rows=len(values),
        dimensions=values.shape[1],
        shape=values.shape,
        dtype=values.dtype,
        named=names is not None,
        batches=lambda: iter([(names, values)]),
    )


def distinct(names, values, storable):
    """Return words as a format holds them, and the rows; the first of those made the same."""
    kept = {}
    for name, row in zip(map(storable, names), values, strict=True):
        kept.setdefault(name, row.tobytes())
    return kept


def read_back(path, labels=None):
    entry = open_entry(str(path), labels=labels, cache=False)
    return {word: entry.matrix[row].tobytes() for row, word in entry.vocabulary.items()}


STORABLE = {
    "word2vec-text": text.storable,
    "word2vec": word2vec_binary.storable,
    "npy": str,
    "npz": str,
    "safetensors": str,
    "parquet": str,
    "arrow": str,
    "json_lines": str,
}


@pytest.mark.parametrize(
    ("format_", "compression"),
    [(name, end) for name in STORABLE for end in COMPRESSIONS if name != "npz" or not end],
)
@settings(max_examples=8)
@given(space=spaces())
def test_what_is_written_is_read_back_to_the_bit(tmp_path_factory, format_, compression, space):
    names, values = space
    path = (
        tmp_path_factory.mktemp("written")
        / f"out{writing.WRITERS[format_].endings[0]}{compression}"
    )
    writing.write(content_of(names, values), path)
    assert read_back(path) == distinct(names, values, STORABLE[format_])
    entry = open_entry(str(path), cache=False)
    assert (entry.meta["compression"] or "") == (
        "" if path.name.endswith(".npy.zip") else compression.removeprefix(".")
    )
    for child in path.parent.iterdir():
        child.unlink()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@settings(max_examples=8)
@given(
    space=spaces(
        st.lists(
            st.text(st.characters(categories=["L", "So"]), min_size=1, max_size=5),
            min_size=1,
            max_size=6,
            unique=True,
        )
    )
)
def test_glove_is_read_back_to_the_bit(tmp_path_factory, compression, space):
    """Without a header, words that are or end in numbers can be taken for numbers."""
    names, values = space
    path = tmp_path_factory.mktemp("written") / f"out.glove{compression}"
    writing.write(content_of(names, values), path)
    assert read_back(path) == distinct(names, values, text.storable)
    path.unlink()


@pytest.mark.parametrize("compression", COMPRESSIONS)
@settings(max_examples=8)
@given(space=spaces())
def test_projector_files_are_read_back_with_their_metadata(
    tmp_path_factory, compression, space
):
    names, values = space
    path = tmp_path_factory.mktemp("written") / f"out.tsv{compression}"
    _, (metadata,) = writing.write(content_of(names, values), path)
    assert metadata == path.with_name("out.metadata.tsv")
    lines = metadata.read_text("utf-8").split("\n")[:-1]
    assert len(lines) == len(names)
    assert all(lines)
    assert not any("\t" in line for line in lines), "one column has no header line"
    entry = open_entry(str(path), labels=str(metadata), cache=False)
    assert entry.matrix.tobytes() == values.tobytes()
    assert [word for _, word in entry.vocabulary.items()] == lines
    for child in path.parent.iterdir():
        child.unlink()


def test_every_writer_is_read_back_here():
    assert set(writing.WRITERS) == {*STORABLE, "glove", "projector", "finalfusion"}


@pytest.mark.parametrize("binary", [False, True])
@settings(max_examples=20)
@given(
    space=spaces(
        st.lists(
            st.text(st.characters(categories=["L", "N", "S", "P"]), min_size=1, max_size=6),
            min_size=1,
            max_size=8,
            unique=True,
        )
    )
)
def test_gensim_reads_the_same(tmp_path_factory, binary, space):
    names, values = space
    path = tmp_path_factory.mktemp("written") / ("out.bin" if binary else "out.txt")
    writing.write(content_of(names, values), path)
    expected = KeyedVectors.load_word2vec_format(str(path), binary=binary)
    assert expected.index_to_key == names
    assert expected.vectors.tobytes() == values.tobytes()
    path.unlink()


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4", "i1", "<i8", "u1", "?"])
@pytest.mark.parametrize("shape", [(6,), (3, 2), (3, 1, 2)])
@pytest.mark.parametrize(("first", "second"), [("npy", "npz"), ("npz", "safetensors"), ("safetensors", "npy")])  # fmt: skip
def test_arrays_keep_dtype_and_shape_from_format_to_format(
    tmp_path, dtype, shape, first, second
):
    values = np.array([0, 1, 2, 3, 4, 101]).astype(dtype).reshape(shape)
    np.save(tmp_path / "start.npy", values)
    path = tmp_path / "start.npy"
    for number, format_ in enumerate((first, second, "npy")):
        source, path = path, tmp_path / f"{number}.{format_}"
        writing.write(contents.array_of(str(source), open_entry(str(source))), path)
    loaded = np.load(path)
    assert (loaded.dtype.newbyteorder("="), loaded.shape) == (
        values.dtype.newbyteorder("="),
        shape,
    )
    assert loaded.tolist() == values.tolist()


@given(st.lists(FLOATS, min_size=1, max_size=6), st.sampled_from(["<f2", "<f4", "<f8"]))
def test_the_fewest_digits_give_the_number_back(values, dtype):
    with np.errstate(over="ignore"):
        row = np.array(values).astype(dtype)
    back = np.array([float(number) for number in text.digits(row)]).astype(dtype)
    assert back.tobytes() == row.tobytes()


@pytest.mark.parametrize(
    ("name", "to", "format_"),
    [
        ("a.txt", "", "word2vec-text"), ("a.vec.gz", "", "word2vec-text"), ("a.glove", "", "glove"),
        ("a.bin", "", "word2vec"), ("a.NPY", "", "npy"), ("a.npz", "", "npz"), ("a.tsv.ZIP", "", "projector"),
        ("a.parquet", "", "parquet"), ("a.safetensors", "", "safetensors"), ("a.txt", "glove", "glove"),
        ("noending", "npy", "npy"),
    ],
)  # fmt: skip
def test_the_ending_names_the_format_unless_it_is_said(name, to, format_):
    assert writing.choose(Path(name), to) == format_


@pytest.mark.parametrize(
    ("name", "to", "message"),
    [
        ("a.doc", "", "the ending of a.doc names no format"),
        ("a.gz", "", "the ending of a.gz names no format"),
        ("a.txt", "golve", "unknown format 'golve'. Did you mean glove?"),
        ("a.npz.gz", "", "an .npz is a zip already"),
        ("a.xz", "npz", "an .npz is a zip already"),
    ],
)
def test_a_format_that_cannot_be_told_is_a_wrong_use(name, to, message):
    with pytest.raises(ParameterError) as error:
        writing.choose(Path(name), to)
    assert message in str(error.value)


SPACE = (["a", "b c"], np.array([[1, 2], [3, 4]], dtype=np.float32))


def test_words_that_had_to_be_changed_are_counted(tmp_path):
    content = content_of(*SPACE)
    writing.write(content, tmp_path / "out.bin")
    assert content.notes == [
        (
            "1 word holds a blank, line break or NUL that the format cannot: "
            "written as '_', '\\n' or '\\x00'"
        )
    ]


@pytest.mark.parametrize("name", ["out.npy", "out.safetensors", "out.txt"])
def test_words_with_nul_and_line_breaks_are_read_back_as_they_are_shown(tmp_path, name):
    content = content_of(["a\0b", "c\nd"], SPACE[1])
    writing.write(content, tmp_path / name)
    assert list(read_back(tmp_path / name)) == ["a\\x00b", "c\\nd"]
    assert content.notes == [
        (
            "2 words hold a blank, line break or NUL that the format cannot: "
            "written as '_', '\\n' or '\\x00'"
        )
    ]


@pytest.mark.parametrize(
    "name", ["out.txt", "out.txt.gz", "out.npy", "out.npz", "out.tsv", "out.parquet"]
)
def test_a_writing_that_fails_leaves_all_as_it_was(tmp_path, name):
    path = tmp_path / name
    for target in (
        path,
        path.with_name(f"{name}.words.txt"),
        path.with_name("out.metadata.tsv"),
    ):
        target.write_text("old")

    def broken():
        yield SPACE
        raise OSError(28, os.strerror(28))

    content = content_of(*SPACE)
    content.batches = broken
    with pytest.raises(FileError, match=f"cannot write .*{name}: No space left on device"):
        writing.write(content, path)
    assert {child.name for child in tmp_path.iterdir()} == {
        name,
        f"{name}.words.txt",
        "out.metadata.tsv",
    }
    assert {child.read_text() for child in tmp_path.iterdir()} == {"old"}


@pytest.mark.parametrize("name", ["out.npy", "out.tsv", "out.safetensors.gz"])
@pytest.mark.parametrize("named", [True, False])
def test_the_files_are_put_in_place_together_in_the_end(tmp_path, monkeypatch, name, named):
    """Nothing is renamed, and nothing taken away, while there is still something to write."""
    path = tmp_path / name
    for target in writing.targets(path):
        target.write_text("old")
    writer = writing.WRITERS[writing.choose(path, "")]
    seen = []

    def looking(content, part):
        writer.write(content, part)
        seen.append({target.read_text() for target in writing.targets(path)})

    monkeypatch.setitem(
        writing.WRITERS, writing.choose(path, ""), writer._replace(write=looking)
    )
    writing.write(content_of(SPACE[0] if named else None, SPACE[1]), path)
    assert seen == [{"old"}]
    for target in writing.targets(path):
        assert not target.exists() or target.read_bytes() != b"old"


def test_a_folder_in_the_way_of_the_words_leaves_all_as_it_was(tmp_path):
    (tmp_path / "out.npy.words.txt").mkdir()
    (tmp_path / "out.npy").write_text("old")
    with pytest.raises(FileError, match=r"out\.npy\.words\.txt: not a regular file"):
        writing.write(content_of(*SPACE), tmp_path / "out.npy")
    assert (tmp_path / "out.npy").read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 2


def test_a_link_stays_and_what_it_leads_to_is_written(tmp_path):
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.txt", tmp_path / "out.txt"
    link.symlink_to(real)
    for _ in ("new", "replaced"):
        writing.write(content_of(*SPACE), link)
        assert link.is_symlink()
        assert not real.is_symlink()
        assert list(read_back(real)) == ["a", "b c"]
    assert [child.name for child in real.parent.iterdir()] == ["real.txt"]


@pytest.mark.parametrize("linked", [True, False])
def test_a_pipe_is_not_replaced_by_a_file(tmp_path, linked):
    pipe = path = tmp_path / "pipe.txt"
    os.mkfifo(pipe)
    if linked:
        path = tmp_path / "link.txt"
        path.symlink_to(pipe)
    with pytest.raises(FileError, match="not a regular file"):
        writing.write(content_of(*SPACE), path)
    assert pipe.is_fifo()
    assert path.is_symlink() == linked


def test_links_in_a_circle_are_told(tmp_path):
    (tmp_path / "a.txt").symlink_to(tmp_path / "b.txt")
    (tmp_path / "b.txt").symlink_to(tmp_path / "a.txt")
    with pytest.raises(FileError, match=r"cannot write .*a\.txt: "):
        writing.write(content_of(*SPACE), tmp_path / "a.txt")


@pytest.mark.parametrize("named", [True, False])
def test_the_longest_name_is_written_if_the_words_need_none_longer(tmp_path, named):
    path = tmp_path / f"{'x' * 251}.npy"
    writing.check_targets(path)
    content = content_of(SPACE[0] if named else None, SPACE[1])
    if named:
        with pytest.raises(FileError, match="File name too long"):
            writing.write(content, path)
        assert list(tmp_path.iterdir()) == []
    else:
        writing.write(content, path)
        assert list(tmp_path.iterdir()) == [path]


def test_words_beside_an_array_are_replaced_or_taken_away(tmp_path):
    path = tmp_path / "out.npy"
    _, beside = writing.write(content_of(*SPACE), path)
    assert beside == [tmp_path / "out.npy.words.txt"]
    assert beside[0].read_text() == "a\nb c\n"
    _, beside = writing.write(content_of(None, SPACE[1]), path)
    assert beside == []
    assert [child.name for child in tmp_path.iterdir()] == ["out.npy"]


def test_dropped_rows_are_not_written(opened, tmp_path):
    entry = opened("a 1 2\na 3 4\nb 5 6\n")
    writing.write(contents.words_of(entry), tmp_path / "out.glove")
    assert (tmp_path / "out.glove").read_text() == "a 1.0 2.0\nb 5.0 6.0\n"


def test_a_header_counts_the_rows_that_are_written(opened, tmp_path):
    entry = opened("9 2\na 1 2\na 3 4\nb 5 6\n")
    writing.write(contents.words_of(entry), tmp_path / "out.txt")
    assert (tmp_path / "out.txt").read_text().startswith("2 2\n")


def test_the_projector_shows_so_many_rows(tmp_path, monkeypatch):
    monkeypatch.setattr(projector, "MOST", 1)
    content = content_of(*SPACE)
    writing.write(content, tmp_path / "out.tsv")
    assert content.notes == ["the projector shows the first 1 of 2 rows"]


@pytest.mark.parametrize(
    ("word", "line"),
    [("", "(empty)"), (" ", "(empty)"), ("a\tb", "a b"), ("a\nb\r", "a b"), ("a\0", "a\\x00")],
)
def test_a_word_is_one_line_of_the_metadata(tmp_path, word, line):
    projector.write_metadata(tmp_path / "m.tsv", [word, "z"])
    assert (tmp_path / "m.tsv").read_text() == f"{line}\nz\n"
