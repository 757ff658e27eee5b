import gzip

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from latentcli.errors import FileError, FormatError, LatentError, ParameterError
from latentcli.files import factors


@pytest.fixture
def read(put):
    """Write bytes, text or what a function writes to a file; read its factors as lists."""

    def write_and_read(content, name="factors.csv", key=""):
        if callable(content):
            path = put(b"", name)
            content(path)
        else:
            path = put(content, name)
        found = factors.read(f"{path}{key}")
        return {name: values.tolist() for name, values in found.items()}

    return write_and_read


def npy(values):
    return lambda path: np.save(path, values)


def npz(**arrays):
    return lambda path: np.savez(path, **arrays)


def parquet(**columns):
    return lambda path: pq.write_table(pa.table(columns), path)


NUMBERS = {"factor0": [0, 2, 4], "factor1": [1, 3, 5]}
PLANE = np.arange(6).reshape(3, 2)
TEXT = np.array([["a", "é"], ["c", "d"], ["e", "f"]])

READ = [
    ("shape,size\nsq,1\nel,2.5\n", "f.csv", {"shape": ["sq", "el"], "size": [1, 2.5]}),
    ("shape\tsize\nsq\t1\nel\t2.5\n", "f.tsv", {"shape": ["sq", "el"], "size": [1, 2.5]}),
    ("5,1\n1,2\n2,0\n", "f.csv", {"column0": [5, 1, 2], "column1": [1, 2, 0]}),
    ("1\n2\n3\n", "f.csv", {"column0": [1, 2, 3]}),
    ("shape\nsq\nel\n", "f.csv", {"shape": ["sq", "el"]}),
    ('"a,b",c\n"x, y",1\nz,2\n', "f.csv", {"a,b": ["x, y", "z"], "c": [1, 2]}),
    (b"\xef\xbb\xbfa,b\r\n1,2\r\n3,4\r\n", "f.csv", {"a": [1, 3], "b": [2, 4]}),
    ("a,b\ntrue,1\nfalse,2\n", "f.csv", {"a": [True, False], "b": [1, 2]}),
    ("a[/b],:b:\nx,1\ny,2\n", "f.csv", {"a[/b]": ["x", "y"], ":b:": [1, 2]}),
    (gzip.compress(b"a,b\n1,2\n3,4\n", mtime=0), "f.csv.gz", {"a": [1, 3], "b": [2, 4]}),
    ("a;b\n1,5;2\n3;4\n", "f.csv", {"a": [1.5, 3], "b": [2, 4]}),
    ("a,b\n1,2\n3,4\n", "no-suffix", {"a": [1, 3], "b": [2, 4]}),
    ("a,b\né,1\nü,2\n".encode("latin-1"), "f.csv", {"a": ["\\xe9", "\\xfc"], "b": [1, 2]}),
    (npy(PLANE), "f.npy", NUMBERS),
    (npy(np.asfortranarray(PLANE)), "f.npy", NUMBERS),
    (npy(np.arange(3)), "f.npy", {"factor0": [0, 1, 2]}),
    (npy(PLANE > 2), "f.npy", {"factor0": [False, False, True], "factor1": [False, True, True]}),
    (npy(TEXT), "f.npy", {"factor0": ["a", "c", "e"], "factor1": ["é", "d", "f"]}),
    (npy(np.asfortranarray(TEXT)), "f.npy",
     {"factor0": ["a", "c", "e"], "factor1": ["é", "d", "f"]}),
    (npy(TEXT[:, 0].astype("S")), "f.npy", {"factor0": ["a", "c", "e"]}),
    (npz(z=PLANE), "f.npz", NUMBERS),
    (npz(z=PLANE, names=["a", "b"]), "f.npz", {"a": [0, 2, 4], "b": [1, 3, 5]}),
    (npz(z=PLANE, factor_names=np.array([b"a", b"b"])), "f.npz",
     {"a": [0, 2, 4], "b": [1, 3, 5]}),
    (npz(z=PLANE, names=["a", "b", "c"], extra=np.arange(9)), "f.npz", NUMBERS),
    (npz(z=TEXT), "f.npz", {"factor0": ["a", "c", "e"], "factor1": ["é", "d", "f"]}),
    (npz(z=np.asfortranarray(TEXT)), "f.npz",
     {"factor0": ["a", "c", "e"], "factor1": ["é", "d", "f"]}),
    (npz(a=np.arange(2), b=np.array(["x", "y"])), "f.npz", {"a": [0, 1], "b": ["x", "y"]}),
    (parquet(a=["x", "y"], b=[1, 2]), "f.parquet", {"a": ["x", "y"], "b": [1, 2]}),
    (parquet(a=["x", None], b=["é", ""]), "f.parquet", {"a": ["x", None], "b": ["é", ""]}),
    (parquet(a=pa.array(["x", "y"]).dictionary_encode()), "f.bin", {"a": ["x", "y"]}),
]  # fmt: skip


@pytest.mark.parametrize(("content", "name", "expected"), READ, ids=range(len(READ)))
def test_factors_are_columns_by_name(read, content, name, expected):
    assert read(content, name) == expected


def test_missing_values_are_nan_and_none(read):
    found = read("a,b,c\n1,,x\n,y,\nnan,NA,z\n")
    assert found["a"][0] == 1
    assert np.isnan(found["a"][1:]).all()
    assert found["b"] == [None, "y", None]
    assert found["c"] == ["x", None, "z"]


KEYED = [
    ("a,b\n1,x\n2,y\n", "f.csv", "::b", {"b": ["x", "y"]}),
    (parquet(a=[1, 2], b=["x", "y"]), "f.parquet", "::b", {"b": ["x", "y"]}),
    (npz(a=[1, 2], b=["x", "y"]), "f.npz", "::b", {"b": ["x", "y"]}),
    (npz(z=PLANE, f=PLANE + 1), "f.npz", "::z", NUMBERS),
]


@pytest.mark.parametrize(("content", "name", "key", "expected"), KEYED, ids=range(len(KEYED)))
def test_a_key_picks_a_column_or_an_array(read, content, name, key, expected):
    assert read(content, name, key) == expected


HOSTILE = [
    ("", "f.csv", "", "the file is empty"),
    ("\n\n\n", "f.csv", "", "not a table"),
    ("a,b\n", "f.csv", "", "no rows"),
    ("a,b\n1,2\n3\n", "f.csv", "", "Expected 2 columns, got 1"),
    ("a,a\n1,2\n", "f.csv", "", "two columns are named 'a'"),
    (",".join(f"c{i}" for i in range(20_000)) + "\n", "f.csv", "", "more than 16,384 columns"),
    ("a,b\n1,2\n".encode("utf-16"), "f.csv", "", "text in UTF-16; convert it"),
    (
        np.random.default_rng(0).bytes(2000),
        "f.csv",
        "",
        "not a CSV, TSV, JSON, Parquet or Arrow table",
    ),
    (b"\x80\x04" + b"x" * 50, "f.csv", "", "a Python pickle"),
    ("a,b\n1,x\x00\n", "f.csv", "", "not a CSV, TSV, JSON, Parquet or Arrow table"),
    ("[[1, 2], [3, 4, 5]]", "f.json", "", "JSON, but no table of labels"),
    ("a,b\n1,2\n", "f.csv", "::c", "unknown column 'c'. One of: a, b."),
    (gzip.compress(b"a,b\n1,2\n" * 99, mtime=0)[:-20], "f.csv.gz", "", "damaged or ends early"),
    (parquet(a=[1, 2]), "f.parquet", "::q", "unknown column 'q'"),
    (b"PAR1" + b"x" * 40, "f.parquet", "", "not a table"),
    (npy(np.zeros((2, 2, 2))), "f.npy", "", "shape (2, 2, 2); factors are (N, K)"),
    (npy(np.array([["a"]] * 3)[None]), "f.npy", "", "shape (1, 3, 1); factors are (N, K)"),
    (npy(np.float64(3)), "f.npy", "", "a single number"),
    (npy(np.zeros((0, 2))), "f.npy", "", "an empty array of shape (0, 2)"),
    (npy(np.zeros((0, 2), dtype="U3")), "f.npy", "", "shape (0, 2); factors are (N, K)"),
    (npy(np.zeros((3, 2), dtype=complex)), "f.npy", "", "not real numbers"),
    (npy(np.array([["a", 1]], dtype=object)), "f.npy", "", "never loaded"),
    (npy(PLANE), "f.npy", "::k", "holds one array, not 'k'"),
    (npz(), "f.npz", "", "an empty zip archive"),
    (npz(a=np.array(3)), "f.npz", "", "no (N, K) array of factors"),
    (npz(a=np.array(3)), "f.npz", "::a", "a single number"),
    (npz(a=np.zeros((2, 2, 2))), "f.npz", "", "no (N, K) array of factors"),
    (npz(a=np.zeros((2, 2, 2))), "f.npz", "::a", "shape (2, 2, 2); factors are (N, K)"),
    (npz(a=[1, 2], b=[1, 2, 3]), "f.npz", "", "nor equally long ones (N,); it holds a (2,)"),
    (npz(a=PLANE, b=PLANE), "f.npz", "", "f.npz::a"),
    (npz(a=PLANE), "f.npz", "::b", "no array 'b'; it holds a (3, 2) int64"),
    (npz(a=PLANE, names=["x", "x"]), "f.npz", "", "2 factors are named 'x'"),
    (npz(a=np.array([{}], dtype=object)), "f.npz", "", "never loaded"),
    (b"PK\x03\x04" + b"x" * 99, "f.npz", "", "the zip archive cannot be read"),
]


@pytest.mark.parametrize(
    ("content", "name", "key", "message"), HOSTILE, ids=range(len(HOSTILE))
)
def test_what_is_no_factors_is_refused_in_one_line(read, content, name, key, message):
    with pytest.raises(LatentError) as error:
        read(content, name, key)
    text = str(error.value)
    assert message in text
    assert "\n" not in text
    assert isinstance(error.value, FileError if not key else LatentError)


@pytest.mark.parametrize("name", ["f.npy", "f.npz", "f.parquet"])
@pytest.mark.parametrize("kind", ["numbers", "text"])
def test_files_that_end_early_are_refused(put, name, kind):
    values = PLANE if kind == "numbers" else TEXT
    path = put(b"", name)
    {"f.npy": npy(values), "f.npz": npz(z=values), "f.parquet": parquet(a=values[:, 0])}[name](
        path
    )
    whole = path.read_bytes()
    for length in (3, len(whole) // 2, len(whole) - 5):
        path.write_bytes(whole[:length])
        with pytest.raises(FormatError):
            factors.read(str(path))


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(FileError, match="no such file"):
        factors.read(str(tmp_path / "factors.csv"))
    with pytest.raises(FileError, match="is a folder"):
        factors.read(str(tmp_path))


# --- joining by an id


def columns(ids, values=None):
    ids = np.asarray(ids)
    values = np.arange(len(ids)) * 10 if values is None else np.asarray(values)
    return {"id": ids, "f": values}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (["b", "a", "c"], ["a", "b", "c"]),
        ([2, 1, 3], [1, 2, 3]),
        ([2.0, 1.0, 3.0], [1, 2, 3]),
        ([2, 1, 3], ["1", "2", "3"]),
        (["2", "1", "3"], [1.0, 2.0, 3.0]),
        ([2.5, 1.5, 3.0], ["1.5", "2.5", "3"]),
    ],
)
def test_factors_are_brought_into_the_order_of_the_codes(given, wanted):
    kept, joined, notes = factors.join(columns(given), "id", wanted, "f.csv")
    assert kept.tolist() == [0, 1, 2]
    assert joined["f"].tolist() == [10, 0, 20]
    assert "id" not in joined
    assert notes == []


def test_ids_without_a_partner_are_left_out_and_counted():
    kept, joined, notes = factors.join(columns(["x", "b", "a"]), "id", ["a", "q", "b"], "f.csv")
    assert kept.tolist() == [0, 2]
    assert joined["f"].tolist() == [20, 10]
    assert notes == [
        "1 of 3 codes are left out: f.csv has no such id",
        "1 of 3 rows of f.csv have no code and are left out",
    ]


@pytest.mark.parametrize(
    ("given", "wanted", "message"),
    [
        (["a", "a"], ["a"], "f.csv: id a occurs 2 times in 'id'"),
        (["a", "b"], ["b", "b", "b"], "the codes: id b occurs 3 times"),
        (["a", "b"], [0, 1], "no id in 'id' matches an id of the codes (a against 0)"),
    ],
)
def test_ids_that_do_not_match_are_refused(given, wanted, message):
    with pytest.raises(FormatError) as error:
        factors.join(columns(given), "id", wanted, "f.csv")
    assert message in str(error.value)


@pytest.mark.parametrize("missing", [None, float("nan")])
def test_rows_without_an_id_have_no_partner(missing):
    given = np.array(["a", missing, missing, "b"], dtype=object)
    kept, joined, notes = factors.join(columns(given), "id", ["b", missing, "a"], "f.csv")
    assert kept.tolist() == [0, 2]
    assert joined["f"].tolist() == [30, 0]
    assert len(notes) == 2


def test_the_column_of_ids_is_there_and_not_alone():
    with pytest.raises(ParameterError, match=r"unknown column 'Id'\. Did you mean id"):
        factors.join(columns(["a"]), "Id", ["a"], "f.csv")
    with pytest.raises(ParameterError, match="no factors beside 'id'"):
        factors.join({"id": np.array(["a"])}, "id", ["a"], "f.csv")


def test_ids_of_codes_are_a_column_or_an_array_of_their_file(put):
    table = put("id,z0,z1,note\na,1,2,x\nb,3,4,y\n", "codes.csv")
    ids, codes = factors.ids_of(str(table), "id")
    assert ids.tolist() == ["a", "b"]
    assert codes.tolist() == [[1, 2], [3, 4]]
    np.savez(put(b"", "codes.npz"), z=PLANE, id=np.array(["a", "b", "c"]))
    ids, codes = factors.ids_of(str(table.with_name("codes.npz::z")), "id")
    assert (ids.tolist(), codes) == (["a", "b", "c"], None)
    np.save(put(b"", "codes.npy"), PLANE)
    for name in ("codes.npy", "codes.npz::z"):
        assert factors.ids_of(str(table.with_name(name)), "uid") == (None, None)
    with pytest.raises(FormatError, match="no columns of numbers beside 'id'"):
        factors.ids_of(str(put("id,t\na,b\n", "text.csv")), "id")
