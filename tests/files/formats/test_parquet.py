import io

import numpy as np
import pyarrow as pa
import pyarrow.feather as feather
import pyarrow.parquet as pq
import pytest

from latentcli.errors import FormatError
from latentcli.files import contents, writing
from latentcli.files.formats import parquet
from latentcli.files.store.cache import open_entry
from latentcli.files.stream import Stream

VALUES = np.array([[1, 2], [3, 4], [5, 6.5]])
WORDS = ["the", "naïve", "東京"]


def saved(columns, **options):
    out = io.BytesIO()
    pq.write_table(pa.table(columns), out, **options)
    return out.getvalue()


def lists(kind=None, values=VALUES):
    return pa.array(values.tolist(), kind or pa.list_(pa.float64()))


@pytest.mark.parametrize(
    "kind",
    [
        pa.list_(pa.float16()),
        pa.list_(pa.float32()),
        pa.list_(pa.float64()),
        pa.list_(pa.float32(), 2),
        pa.large_list(pa.float64()),
    ],
    ids=str,
)
def test_a_column_of_lists_is_read(opened, kind):
    entry = opened(saved({"anything": lists(kind)}), "codes.parquet")
    assert entry.matrix.tolist() == VALUES.tolist()
    assert entry.meta["key"] == "anything"
    assert not entry.vocabulary.named


def test_lists_of_integers_are_read(opened):
    column = pa.array([[1, 2], [3, 4]], pa.list_(pa.int8()))
    assert opened(saved({"v": column}), "codes.parquet").matrix.tolist() == [[1, 2], [3, 4]]


def test_columns_of_fractions_are_dimensions(opened):
    columns = {"id": [7, 8, 9], "x": VALUES[:, 0], "name": WORDS, "y": VALUES[:, 1]}
    entry = opened(saved(columns), "codes.parquet")
    assert entry.matrix.tolist() == VALUES.tolist()
    assert entry.vocabulary.words([0, 1, 2]) == WORDS


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()], ids=str)
@pytest.mark.parametrize("name", ["word", "token", "anything"])
def test_a_column_of_text_holds_the_words(opened, kind, name):
    columns = {name: pa.array(WORDS, kind), "vector": lists()}
    entry = opened(saved(columns), "codes.parquet")
    assert entry.vocabulary.words([0, 1, 2]) == WORDS
    assert entry.notes == [f"codes.parquet: the words are its column '{name}'"]


def test_words_that_are_not_utf8_are_counted(opened):
    raw = pa.array([b"a", b"b\xff", b"c"], pa.binary())
    broken = pa.StringArray.from_buffers(3, raw.buffers()[1], raw.buffers()[2])
    entry = opened(saved({"word": broken, "vector": lists()}), "codes.parquet")
    assert entry.vocabulary.words([0, 1, 2]) == ["a", "b\\xff", "c"]
    assert entry.meta["findings"] == {"bad_utf8": 1}


def test_a_missing_word_is_empty_and_a_missing_number_is_nan(opened):
    columns = {"word": ["a", None, "c"], "vector": [[1.0, 2.0], [3.0, None], [5.0, 6.0]]}
    entry = opened(saved(columns), "codes.parquet")
    assert entry.vocabulary.words([1]) == [""]
    assert entry.meta["findings"] == {"nan": 1}


@pytest.mark.parametrize("size", [1, 2, 3])
def test_row_groups_join(opened, size):
    columns = {"word": WORDS, "vector": lists()}
    entry = opened(saved(columns, row_group_size=size), "codes.parquet")
    assert entry.matrix.tolist() == VALUES.tolist()
    assert entry.vocabulary.words([2]) == ["東京"]


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"v": [[1.0, 2.0], [3.0]]}, "'v' holds vectors of different lengths"),
        ({"v": [[1.0, 2.0], [], [3.0, 4.0, 5.0, 6.0]]}, "'v' holds vectors of different lengths"),
        ({"v": [[1.0, 2.0], None]}, "'v' holds vectors of different lengths"),
        ({"word": ["a", "b"]}, "no column of vectors and no columns of numbers"),
        ({"v": pa.array([], pa.list_(pa.float32()))}, "no rows in it"),
        ({"v": [[], []]}, "no column of vectors"),
        ({"v": pa.array([[], []], pa.list_(pa.float32()))}, "an empty array of shape (2, 0)"),
        ({"p": [[1.0]], "q": [[2.0]]}, "several columns of vectors (p, q). Pick one: codes.parquet::p"),
    ],
)  # fmt: skip
def test_what_is_no_table_of_vectors_is_refused(opened, columns, message):
    with pytest.raises(FormatError) as error:
        opened(saved(columns), "codes.parquet")
    assert str(error.value).startswith("codes.parquet: ")
    assert message in str(error.value)


def test_groups_of_different_lengths_are_refused(opened):
    """Each batch is regular in itself."""
    columns = {"v": [[1.0, 2.0]] * 300_000 + [[1.0, 2.0, 3.0]] * 300_000}
    with pytest.raises(FormatError, match="'v' holds vectors of different lengths"):
        opened(saved(columns, row_group_size=300_000), "codes.parquet")


def test_a_column_is_picked_by_name(put):
    path = put(saved({"p": lists(), "q": lists(values=VALUES * 2)}), "codes.parquet")
    assert open_entry(f"{path}::q").matrix.tolist() == (VALUES * 2).tolist()
    with pytest.raises(FormatError, match=r"no column of vectors 'r'\. It has p, q\."):
        open_entry(f"{path}::r")


def test_a_footer_that_promises_too_many_dimensions_is_refused(opened):
    column = pa.array([np.zeros(3 << 20)], pa.list_(pa.float64()))
    with pytest.raises(FormatError, match="its footer promises 3,145,728 numbers in 1 rows"):
        opened(saved({"v": column}), "codes.parquet")


@pytest.mark.parametrize("keep", [5, 0.5, 0.99])
def test_a_truncated_file_is_refused(opened, keep):
    content = saved({"v": lists()})
    with pytest.raises(FormatError, match=r"^codes\.parquet: a damaged Parquet file \("):
        opened(content[: keep if keep > 1 else int(keep * len(content))], "codes.parquet")


def test_words_are_read_by_name(put):
    path = put(saved({"a": WORDS, "n": [1, None, 3], "v": lists()}), "codes.parquet")
    for column, words in (("a", WORDS), ("n", ["1", "", "3"])):
        with Stream(path) as stream:
            assert parquet.read_words(stream, column) == words
    with (
        Stream(path) as stream,
        pytest.raises(FormatError, match="no column 'b'; it has a, n, v"),
    ):
        parquet.read_words(stream, "b")


@pytest.mark.parametrize("dtype", ["<f2", "<f4", "<f8", ">f4", "<i4", "u1", "?"])
def test_what_is_written_is_what_pyarrow_reads(tmp_path, dtype):
    values = np.array([[1, 2], [3, 4], [0, 1]]).astype(dtype)
    np.save(tmp_path / "in.npy", values)
    (tmp_path / "in.npy.words.txt").write_text("\n".join(WORDS))
    source = str(tmp_path / "in.npy")
    writing.write(contents.array_of(source, open_entry(source)), tmp_path / "out.parquet")
    table = pq.read_table(tmp_path / "out.parquet")
    assert table["word"].to_pylist() == WORDS
    assert table["vector"].to_pylist() == values.tolist()
    if dtype != "?":
        assert table["vector"].type.value_type.to_pandas_dtype() == values.dtype.newbyteorder(
            "="
        )


def test_what_it_cannot_hold_is_said(tmp_path):
    np.save(tmp_path / "in.npy", VALUES.astype(np.longdouble))
    source = str(tmp_path / "in.npy")
    content = contents.array_of(source, open_entry(source))
    with pytest.raises(FormatError, match=r"^Parquet cannot hold float128; write \.npy"):
        writing.write(content, tmp_path / "out.parquet")
    assert [child.name for child in tmp_path.glob("*out*")] == []


@pytest.mark.parametrize(
    "written",
    [lambda v: v.tobytes(), lambda v: str(v.tolist()), str],
    ids=["bytes", "JSON", "NumPy"],
)
@pytest.mark.parametrize("ending", [".parquet", ".feather"])
def test_vectors_that_are_written_out_in_a_column_of_their_name(tmp_path, written, ending):
    values = np.random.default_rng(0).normal(size=(4, 3)).astype(np.float32).round(3)
    columns = {
        "text": ["a", "b", "c", "d"],
        "lang": ["en"] * 4,
        "embedding": [*map(written, values)],
    }
    table = pa.table(columns).append_column("v", pa.array([None, *map(written, values[1:])]))
    path = tmp_path / f"t{ending}"
    pq.write_table(table, path) if ending == ".parquet" else feather.write_feather(
        table, str(path)
    )
    entry = open_entry(str(path))
    assert entry.matrix == pytest.approx(values)
    assert entry.vocabulary.words(range(4)) == ["a", "b", "c", "d"]
    assert open_entry(f"{path}::v").matrix == pytest.approx(values[1:])
    with pytest.raises(FormatError, match="'lang' holds no vectors of one length"):
        open_entry(f"{path}::lang")
