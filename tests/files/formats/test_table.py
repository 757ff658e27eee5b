import csv
import io

import numpy as np
import pytest

from latentcli.errors import FormatError
from latentcli.files import codes, labels
from latentcli.files.store.cache import open_entry

ROWS = [[1.5, -2.0], [3.0, 4e-3]]


@pytest.mark.parametrize(
    "content",
    ["x,y\n1.5,-2\n3,4e-3\n", "1.5,-2\n3,4e-3\n", "x,y\r\n1.5,-2\r\n3,0.004\r\n",
     "\ufeffx,y\n1.5,-2\n3,0.004", "x\ty\n1.5\t-2\n3\t4e-3\n", '"x","y"\n"1.5","-2"\n3,4e-3\n',
     ",0,1\n0,1.5,-2\n1,3,0.004\n", "0,1\n1.5,-2\n3,0.004\n", ",x,y\n0,1.5,-2\n1,3,0.004\n",
     '"a;b",y\n1.5,-2\n3,4e-3\n', "x,y\n 1.5, -2\n 3, 4e-3\n",
     "x;y\n1,5;-2\n3;4e-3\n", "1,5;-2\n3;0,004\n", "x;y\n1.5;-2\n3;4e-3\n", "x\ty\n1,5\t-2\n3\t0,004\n",
     "x,y\r1.5,-2\r3,4e-3\r", "id,x,y\n7,1.5,-2\n9,3,4e-3\n", "Unnamed: 0,x,y\n0,1.5,-2\n1,3,4e-3\n"],
    ids=range(18),
)  # fmt: skip
def test_columns_of_numbers_are_dimensions(put, content):
    loaded = codes.load(str(put(content, "z.csv")))
    assert loaded.values.tolist() == ROWS
    assert loaded.values.dtype == np.float64


def test_one_line_of_numbers_is_one_code(put):
    assert codes.load(str(put("0,1,2\n", "z.csv"))).values.tolist() == [[0, 1, 2]]


def test_a_column_of_text_holds_the_words(put):
    path = str(put('name,x,y\n"a, b",1,2\n"say ""c""",3,4\n', "z.csv"))
    assert codes.load(path).notes[0] == "z.csv: the words are its column 'name'"
    entry = open_entry(path)
    assert entry.vocabulary.words([0, 1]) == ["a, b", 'say "c"']
    assert entry.matrix.tolist() == [[1, 2], [3, 4]]


@pytest.mark.parametrize("rows", [["007,1,2", "0100,3,4"], ["17,1,2"] * 40 + ["08,3,4"]])
def test_codes_that_begin_with_0_are_words_not_numbers(put, rows):
    entry = open_entry(str(put("\n".join(["code,x,y", *rows]), "z.csv")))
    assert entry.vocabulary.words([len(rows) - 1]) == [rows[-1].partition(",")[0]]
    assert entry.matrix.shape == (len(rows), 2)


def test_codes_beside_a_column_of_vectors_are_words(put):
    path = put('code,emb\n007,"[1, 2]"\n008,"[3, 4]"\n', "z.csv")
    assert open_entry(str(path)).vocabulary.words([0, 1]) == ["007", "008"]


def test_numbers_that_all_begin_with_0_are_numbers(put):
    assert codes.load(str(put("x,y\n01,02\n03,04\n", "z.csv"))).values.tolist() == [
        [1, 2],
        [3, 4],
    ]


def test_words_that_end_in_numbers_are_words_under_names(put):
    entry = open_entry(str(put("name,x,y\nHouse 12,1,2\nto 3.5 be,3,4\n", "z.csv")))
    assert entry.vocabulary.words([0, 1]) == ["House 12", "to 3.5 be"]


def test_several_columns_of_text_are_left_out_and_it_is_said(put):
    loaded = codes.load(str(put("a,b,x\nu,v,1\nw,z,2\n", "z.csv")))
    assert loaded.values.tolist() == [[1], [2]]
    assert loaded.notes[0] == "z.csv: columns of text are left out: a, b"


@pytest.mark.parametrize(
    ("content", "message"),
    [('x,y\n"1,5",2\n"2,5",3\n', "'1,5' in row 0 is not a number; write decimals with a point"),
     ("x,y\n1,2\n3,?\n5,6\n", "column 'y': '\\?' in row 1 is not a number"),
     ("x,y\n1,\n3,4\n", "NaN or infinity in row 0"), ("x,x\n1,2\n", "two columns are named 'x'"),
     ("x,y\n1,2\n3,4,5\n", "not a table"), ("x,y\nnan,1\n2,3\n", "NaN or infinity in row 0")],
)  # fmt: skip
def test_what_would_be_misread_is_refused(put, content, message):
    with pytest.raises(FormatError, match=message) as error:
        codes.load(str(put(content, "z.csv")))
    assert str(error.value).isprintable()


def test_a_table_has_no_keys(put):
    with pytest.raises(FormatError, match="a table has no array 'x'"):
        codes.load(str(put("x,y\n1,2\n", "z.csv")) + "::x")


@pytest.mark.parametrize(
    "words",
    [[",", "1,000", "the"], ["1,000", "2,000"], [";", ";;"], ["1;5", "2;5"], ["a,b", "c,d"],
     ["'", '"'], ['"a', 'b"'], ["0,5", "1,5"]],
    ids=str,
)  # fmt: skip
@pytest.mark.parametrize("header", [False, True])
def test_word_vectors_with_separators_in_their_words_are_text(opened, words, header):
    lines = [f"{word} 0.{n} 0.5 -1.5\n" for n, word in enumerate(words)]
    entry = opened((f"{len(words)} 3\n" if header else "") + "".join(lines))
    assert "text" in entry.meta["format"]
    assert entry.vocabulary.words(range(len(words))) == words
    assert entry.matrix.shape == (len(words), 3)


def test_labels_keep_their_types(put):
    path = str(put("shape,size,round\ncircle,1,true\nsquare,,false\n,3,true\n", "factors.csv"))
    table = labels.read_table(path)
    assert list(table) == ["shape", "size", "round"]
    assert table["shape"].tolist() == ["circle", "square", None]
    assert table["size"].tolist()[::2] == [1, 3]
    assert np.isnan(table["size"][1])
    assert table["round"].tolist() == [True, False, True]


def test_labels_may_hold_semicolons(put):
    table = labels.read_table(str(put("tag\na;b\nc;d\n", "tags.csv")))
    assert table["tag"].tolist() == ["a;b", "c;d"]


@pytest.mark.parametrize(
    "content",
    [b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}\n\x89\x00", b"\x89PNG\r\n\x1a\n,\n", b'"\x00\xff,"\n\xfe,1\n', b"a\x01\n1\n"],
    ids=range(4),
)  # fmt: skip
def test_a_binary_file_is_no_table_of_labels(tmp_path, content):
    path = tmp_path / "X.npy"
    path.write_bytes(content)
    with pytest.raises(FormatError) as error:
        labels.read_table(str(path))
    assert str(error.value) == "X.npy: not a CSV, TSV, JSON, Parquet or Arrow table of labels"


def test_a_pickle_is_no_table_of_labels(tmp_path):
    (tmp_path / "X.pkl").write_bytes(b"\x80\x04\x95,\n")
    with pytest.raises(FormatError, match="a Python pickle, which can run code"):
        labels.read_table(str(tmp_path / "X.pkl"))


def test_archives_are_no_table_of_labels(tmp_path):
    np.savez(tmp_path / "X.npz", y=np.ones(3))
    with pytest.raises(
        FormatError, match="not a CSV, TSV, JSON, Parquet or Arrow table of labels"
    ):
        labels.read_table(str(tmp_path / "X.npz"))


def test_labels_in_latin_1_are_text(tmp_path):
    (tmp_path / "l.csv").write_bytes("tag,n\ncafé,1\n".encode("latin-1"))
    assert labels.read_table(str(tmp_path / "l.csv"))["tag"].tolist() == ["caf\\xe9"]


def test_a_table_of_very_many_columns_is_refused(tmp_path):
    path = tmp_path / "wide.csv"
    path.write_text(",".join(["1.5"] * 200_000) + "\n")
    with pytest.raises(FormatError, match="columns"):
        open_entry(str(path))


@pytest.mark.parametrize(
    ("head", "row"),
    [("", "{},0.5,1\n"), ("word,x,y\n", "{},0.5,1\n"), ("text,vector\n", '{},"[0.5, 1]"\n')],
)
def test_words_that_look_like_missing_ones_are_words(opened, head, row):
    words = ["king", "NA", "null", "nan", "NaN", "N/A", "None", "inf"]
    entry = opened(head + "".join(row.format(word) for word in words))
    assert entry.vocabulary.words(range(len(words))) == words


def test_lists_that_are_missing_are_counted_whatever_stands_for_them(opened):
    rows = 'king,"[0.5, 1]"\n' * 3 + "".join(f"{cell},{cell}\n" for cell in ["NaN", "null", ""])
    entry = opened(f"text,vector\n{rows}")
    assert entry.meta["findings"]["missing"] == 3


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize(
    "texts",
    [["a\nb", "c", "d"], ["a", 'b\n\n"c"', "d"], ['12" x', "b", "c"], ["I paid 5", "2 apples", "see [1"],
     ["x, [1", "a) b", "c 7"], ["0,5", "1,5", "a;b"], ["\n" * 40, "b", "c"]],
    ids=repr,
)  # fmt: skip
def test_documents_beside_lists_may_hold_anything(opened, separator, texts):
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(["id", "text", "embedding"])
    writer.writerows([n, text, f"[{n}, 2.5, 3]"] for n, text in enumerate(texts))
    entry = opened(out.getvalue())
    assert entry.matrix.tolist() == [[n, 2.5, 3] for n in range(len(texts))]
    assert entry.vocabulary.words(range(len(texts))) == texts


def test_lists_of_many_numbers_are_found(opened):
    vectors = np.random.default_rng(0).normal(size=(3, 4096))
    rows = [f'w{n},"{row.tolist()}"\n' for n, row in enumerate(vectors)]
    assert opened("text,embedding\n" + "".join(rows)).matrix.shape == (3, 4096)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_columns_beside_a_numbered_series_are_no_dimensions(tmp_path, ending):
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    import latentcli

    table = pa.table({"cell": ["a", "b"], "PC1": [1.5, 2], "PC2": [0, 1.5], "PC3": [1, 2.5], "cluster": [7, 9]})  # fmt: skip
    path = tmp_path / f"cells.{ending}"
    (pa.csv.write_csv if ending == "csv" else pa.parquet.write_table)(table, path)
    space = latentcli.open(path)
    assert space["a"].tolist() == [1.5, 0, 1]
    assert any("left out: cluster" in note for note in space.entry.notes)


@pytest.mark.parametrize(
    "content",
    [",d0,d1\nking,1.5,-2\nman,3,4e-3\n", ",0,1\nking,1.5,-2\nman,3,4e-3\n",
     "word,0,1\nking,1.5,-2\nman,3,4e-3\n", "word,x,y,\nking,1.5,-2,\nman,3,4e-3,\n",
     "word , x , y\nking , 1.5 , -2\nman , 3 , 4e-3\n",
     "word,x,y\nking,1.5,\N{MINUS SIGN}2\nman,3,4e-3\n"],
    ids=["index", "index of numbered columns", "word and numbered columns", "separator at the end", "blanks", "minus"],
)  # fmt: skip
def test_words_beside_columns_however_these_are_named(put, content):
    entry = open_entry(str(put(content, "z.csv")))
    assert entry.vocabulary.words([0, 1]) == ["king", "man"]
    np.testing.assert_allclose(entry.matrix, ROWS, rtol=1e-6)


def test_a_blank_behind_the_last_separator_is_no_word(put):
    loaded = codes.load(str(put("0.1, 0.2, \n0.3, 0.4, \n", "z.csv")))
    assert loaded.values.tolist() == [[0.1, 0.2], [0.3, 0.4]]
    assert not loaded.notes


@pytest.mark.parametrize(
    "content",
    ["shape|size\n0|3\n1|4\n", "shape size\n0 3\n1 4\n", "# shape size\n0 3\n1 4\n", "shape\tsize\n0\t3\n1\t4\n"],
)  # fmt: skip
def test_factors_between_bars_or_blanks_are_columns(put, content):
    columns = labels.read_table(str(put(content, "f.csv")))
    assert {name: values.tolist() for name, values in columns.items()} == {
        "shape": [0, 1], "size": [3, 4],
    }  # fmt: skip


def test_labels_of_two_words_are_one_column(put):
    columns = labels.read_table(str(put("kind\nred circle\nblue circle\n", "f.csv")))
    assert columns["kind"].tolist() == ["red circle", "blue circle"]


def test_a_minus_sign_within_a_text_stays(put):
    columns = labels.read_table(
        str(put("range,n\n1\N{MINUS SIGN}5,\N{MINUS SIGN}2\n", "f.csv"))
    )
    assert columns["range"].tolist() == ["1\N{MINUS SIGN}5"]
    assert columns["n"].tolist() == [-2]
