import struct
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import FormatError
from latentcli.files.formats import text, text_rows
from latentcli.files.store.cache import open_entry


@pytest.fixture(params=["simdjson", "Python"])
def parser(request, monkeypatch):
    """Parse numbers with simdjson, and without it, as on a Python that has no wheel of it."""
    if request.param == "Python":
        monkeypatch.setattr(text_rows, "simdjson", None)
    elif text_rows.simdjson is None:
        pytest.skip("simdjson is not installed")


TWO = {"the": [0.5, -1.0], "of": [0.25, 2.0]}

SAME_TWO = {
    "no header": b"the 0.5 -1\nof 0.25 2\n",
    "header": b"2 2\nthe 0.5 -1\nof 0.25 2\n",
    "header with blanks": b" 2\t2 \nthe 0.5 -1\nof 0.25 2\n",
    "no line break at the end": b"the 0.5 -1\nof 0.25 2",
    "CRLF": b"the 0.5 -1\r\nof 0.25 2\r\n",
    "CRLF and header": b"2 2\r\nthe 0.5 -1\r\nof 0.25 2\r\n",
    "trailing blanks": b"the 0.5 -1 \nof 0.25 2 \n",
    "trailing blanks and CRLF": b"2 2\r\nthe 0.5 -1 \r\nof 0.25 2 \r\n",
    "trailing tabs": b"the 0.5 -1\t\nof 0.25 2\t\n",
    "one row has a trailing blank": b"the 0.5 -1\nof 0.25 2 \n",
    "tabs": b"the\t0.5\t-1\nof\t0.25\t2\n",
    "tab after the word": b"the\t0.5 -1\nof\t0.25 2\n",
    "aligned": b"the   0.5   -1\nof    0.25   2\n",
    "BOM": b"\xef\xbb\xbfthe 0.5 -1\nof 0.25 2\n",
    "BOM and header": b"\xef\xbb\xbf2 2\nthe 0.5 -1\nof 0.25 2\n",
}


@pytest.mark.parametrize("content", SAME_TWO.values(), ids=SAME_TWO)
def test_every_way_to_lay_rows_out_reads_the_same(opened, table, parser, content):
    entry = opened(content)
    assert table(entry) == TWO
    assert entry.notes == []


@pytest.mark.parametrize(
    ("content", "format_"),
    [
        (b"2 2\nthe 0.5 -1\nof 0.25 2\n", "word2vec text"),
        (b"the 0.5 -1\nof 0.25 2\n", "GloVe text"),
        (b"0.125 0.5\n0.25 2.0\n", "numbers as text"),
    ],
)
def test_the_format_is_named(opened, content, format_):
    assert opened(content).meta["format"] == format_


@pytest.mark.parametrize("name", ["vectors.bin", "vectors.npy", "vectors", "vectors.gz"])
def test_the_name_of_a_file_tells_nothing(opened, table, name):
    assert table(opened(b"2 2\nthe 0.5 -1\nof 0.25 2\n", name)) == TWO


@pytest.mark.parametrize(
    "word",
    [
        ". . .",
        "at name@domain.com",
        "New York",
        "a  b",
        " led by a blank",
        "top 10",
        "tab\tinside",
        "x\u00a0y",
        "\u00a0",
        "x\u0085y",
        "x\u2028y",
        "x\u3000y",
        "x\x0by",
        "x\x0c",
        "\x1b[31m",
        "[/b]",
        '"',
        "1e5",
        "nan",
        "3,14",
        "🙂",
        "東京",
        "</s>",
        ":smile:",
    ],
)
@pytest.mark.parametrize("header", [b"", b"3 2\n"], ids=["GloVe", "word2vec"])
def test_a_word_is_all_before_the_last_d_numbers(opened, table, parser, word, header):
    entry = opened(header + b"a 1 2\n" + word.encode() + b" 3 4\nz 5 6\n")
    assert table(entry) == {"a": [1, 2], word: [3, 4], "z": [5, 6]}
    assert entry.notes == []


@pytest.mark.parametrize(("row", "word"), [(b" 3 4", ""), (b"  3 4", " "), (b"   3 4", "  ")])
def test_an_empty_or_blank_word_is_kept_and_counted(opened, table, parser, row, word):
    entry = opened(b"2 2\na 1 2\n" + row + b"\n")
    assert table(entry) == {"a": [1, 2], word: [3, 4]}
    assert entry.meta["findings"] == {"empty": 1}


def test_the_first_of_duplicate_words_is_kept(opened, table):
    entry = opened(b"4 2\na 1 2\nb 3 4\na 5 6\nb 7 8\n")
    assert table(entry) == {"a": [1, 2], "b": [3, 4]}
    assert entry.meta["words"] == 2
    assert entry.notes == ["vectors.txt: 2 duplicate words dropped (first: a)"]


def test_the_row_of_a_dropped_duplicate_is_never_an_answer(opened):
    assert opened(b"a 3 4\na 5 6\n").norms.tolist() == [5, 0]


@pytest.mark.parametrize(
    ("content", "finding", "phrase"),
    [
        (b"a 1 2\nb 0 0\n", {"zero": 1}, "1 row of zeros, never an answer"),
        (b"a 1 2\nb nan 0\nc 1 NaN\n", {"nan": 2}, "2 rows with NaN, never an answer"),
        (b"a 1 2\nb inf 0\n", {"infinite": 1}, "1 row with infinity, never an answer"),
        (b"a 1 2\nb 1e39 0\n", {"infinite": 1}, "1 row with infinity, never an answer"),
        (b"a 1 2\nb 1e-46 0\n", {"zero": 1}, "1 row of zeros, never an answer"),
        (b"a 1 2\n\nb 3 4\n  \n\t\n", {"blank": 3}, "3 blank lines skipped"),
        (
            b"a 1 2\nb 3 4\nc 5\n",
            {"malformed": 1},
            "1 malformed row dropped (first: line 3, 'c 5')",
        ),
        (
            b"3 2\na 1 2\nb 3 x\nc 5 6\n",
            {"malformed": 1},
            "1 malformed row dropped (first: line 3, 'b 3 x')",
        ),
        (
            b"a 1 2\nb 1_0 2\nc 3 4\n",
            {"malformed": 1},
            "1 malformed row dropped (first: line 2, 'b 1_0 2')",
        ),
        (
            b"a 1 2\nb\xff 3 4\nc\xe6\x9d 5 6\n",
            {"bad_utf8": 2},
            "2 words are not UTF-8, shown with \\x escapes (first: b\\xff)",
        ),
    ],
)
def test_what_is_dropped_or_repaired_is_said_once(
    opened, put, parser, content, finding, phrase
):
    entry = opened(content)
    assert entry.meta["findings"] == finding
    assert entry.meta["found"][0] == phrase
    assert [phrase in note for note in entry.notes] == [True]
    again = open_entry(str(put(content)))
    assert again.meta["found"] == entry.meta["found"]


def test_notes_are_not_repeated_from_the_cache(put):
    path = str(put(b"a 1 2\na 3 4\n\nb 0 0\nc 5 6\nd 7\ne 8 9\n"))
    first, second = open_entry(path), open_entry(path)
    assert len(first.notes) == 1
    assert second.cached
    assert second.notes == []
    assert second.meta["found"] == first.meta["found"]
    assert len(second.meta["found"]) == 4


def test_two_broken_words_stay_two(opened, table):
    assert list(table(opened(b"a\xff 1 2\na\xfe 3 4\n"))) == ["a\\xff", "a\\xfe"]


@pytest.mark.parametrize(
    ("header", "note"),
    [
        (b"3 2", "its header says 3 x 2, its rows are 2 x 2; the rows are used"),
        (b"1 2", "its header says 1 x 2, its rows are 2 x 2; the rows are used"),
        (b"2 3", "its header says 2 x 3, its rows are 2 x 2; the rows are used"),
        (b"2 1", "its header says 2 x 1, its rows are 2 x 2; the rows are used"),
        (b"1000000000000 2", "its header says 1,000,000,000,000 x 2"),
        (b"2 1000000000000", "its header says 2 x 1,000,000,000,000"),
    ],
)
def test_rows_are_believed_not_the_header(opened, table, header, note):
    entry = opened(header + b"\nthe 0.5 -1\nof 0.25 2\n")
    assert table(entry) == TWO
    assert len(entry.notes) == 1
    assert note in entry.notes[0]


def test_two_integers_before_rows_of_two_fields_are_a_row(opened, table):
    entry = opened(b"3 4\nfour 5\nsix 6.5\n")
    assert table(entry) == {"3": [4], "four": [5], "six": [6.5]}
    assert entry.meta["declared"] is None


def test_a_header_that_is_right_is_a_header_even_in_one_dimension(opened, table):
    entry = opened(b"2 1\nfour 5\nsix 6.5\n")
    assert table(entry) == {"four": [5], "six": [6.5]}
    assert entry.meta["declared"] == [2, 1]


def test_words_that_end_in_numbers_do_not_change_the_dimensions_of_a_header(opened, table):
    entry = opened(b"3 2\ntop 10 1 2\nroute 66 3 4\nplain 5 6\n")
    assert table(entry) == {"top 10": [1, 2], "route 66": [3, 4], "plain": [5, 6]}


def test_a_single_row_is_enough(opened, table):
    assert table(opened(b"king 1 2 3")) == {"king": [1, 2, 3]}


@pytest.mark.parametrize(
    "content",
    [
        b"0.125\t0.5\n0.25\t2.0\n",
        b" 0.125  0.500\n 0.250  2.000\n",
        b"1.25e-01 5e-01\n2.5e-01 2e+00\n",
        b"0.125 0.5 \r\n0.25 2.0 \r\n",
    ],
)
def test_rows_of_numbers_without_words_are_rows(opened, parser, content):
    entry = opened(content)
    assert entry.matrix.tolist() == [[0.125, 0.5], [0.25, 2.0]]
    assert not entry.vocabulary.named


def test_rows_may_be_longer_than_a_block_and_the_first_look(opened):
    row = np.arange(200_000) / 8
    line = " ".join(map(str, row.tolist()))
    entry = opened(f"a {line}\nb {line}\n")
    assert np.array_equal(entry.matrix, np.array([row, row], dtype=np.float32))


def test_blocks_with_and_without_odd_rows_join(opened, parser):
    """Enough rows for several blocks, an odd one in the middle, counted lines to the end."""
    rows = [f"w{number} {number / 4} -1" for number in range(40_000)]
    rows[20_000] = "New York 20000e0 +1"
    rows[39_998] = "short 1"
    entry = opened("\n".join(rows) + "\n")
    assert entry.matrix.shape == (39_999, 2)
    assert entry.matrix[20_000].tolist() == [20_000, 1]
    assert entry.vocabulary.row("New York") == 20_000
    assert entry.matrix[39_998].tolist() == [39_999 / 4, -1]
    assert "line 39,999, 'short 1'" in entry.notes[0]


NUMBERS = [
    "0", "-0", "-0.0", "+1", "1.", ".5", "-.5", "1e5", "1E5", "1e+5", "1e-5", "01", "007.5",
    "nan", "NaN", "-nan", "inf", "-inf", "Infinity", "1e400", "-1e400", "1e-46", "1e-400",
    "3.4028235e38", "3.4028236e38", "1.401298464324817e-45", "7e-46", "0.1", "0.30000001192092896",
    "16777217", "9007199254740993", "9223372036854775807", "9223372036854775808", "-9223372036854775809",
    "18446744073709551615", "18446744073709551616", "123456789012345678901234567890", "1" + "0" * 50,
    "0." + "3" * 100, "1.00000005960464477540",
]  # fmt: skip


def bits(value):
    return struct.pack("<f", value)


@pytest.mark.parametrize("number", NUMBERS)
def test_a_number_is_read_to_the_bit(opened, parser, number):
    with np.errstate(over="ignore"):
        expected = np.float32(float(number))
    entry = opened(f"a 1.5 2.5\nb {number} 1\nc 2.5 {number}\n")
    assert bits(entry.matrix[1, 0]) == bits(expected)
    assert bits(entry.matrix[2, 1]) == bits(expected)


@given(st.lists(st.floats(width=32), min_size=3, max_size=3), st.floats())
def test_written_digits_are_read_back_to_the_bit(tmp_path_factory, values, wide):
    path = tmp_path_factory.mktemp("digits") / "vectors.txt"
    numbers = text.digits(np.array(values, dtype=np.float32))
    path.write_text(f"a 1 1 1 1\nb {' '.join(numbers)} {wide!r}\n")
    try:
        row = open_entry(str(path), cache=False).matrix[1]
    finally:
        path.unlink()
    with np.errstate(over="ignore"):
        expected = np.append(np.array(values, dtype=np.float32), np.float32(wide))
    nan = np.isnan(expected)
    assert row[~nan].tobytes() == expected[~nan].tobytes()
    assert np.isnan(row[nan]).all()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            b"just some words\nand more of them\n",
            "text, but its lines are not a word and numbers",
        ),
        (b"word,word,word\n", "text, but its lines are not a word and numbers"),
        (b"a 1 2\nb c\nd e\nf g\n", "text, but its lines are not a word and numbers"),
        (b"2 2\n", "text, but its lines are not a word and numbers (line 1: '2 2')"),
        (b"0.5 1.5 2.5\n0.5\n0.5 1.5 2.5 3.5\n0.5 1\n", "text, but its lines are not a word"),
    ],
)
def test_text_that_is_not_vectors_is_refused(opened, content, message):
    with pytest.raises(FormatError) as error:
        opened(content)
    assert str(error.value).startswith("vectors.txt: ")
    assert message in str(error.value)


def test_a_file_that_stops_being_vectors_is_refused(opened):
    rows = [f"w{number} 1 2" for number in range(70)] + ["no numbers here"] * 100
    with pytest.raises(
        FormatError, match=r"100 of 170 lines .*first: line 71, 'no numbers here'"
    ):
        opened("\n".join(rows))


def test_a_key_is_refused(put):
    with pytest.raises(FormatError, match="no arrays to pick 'w' from"):
        open_entry(f"{put(b'a 1 2')}::w")


@pytest.mark.parametrize(
    ("word", "stored"),
    [
        ("a\nb", "a\\nb"),
        ("a\r\n", "a\\r\\n"),
        ("a ", "a_"),
        ("a \t", "a__"),
        ("  ", "  "),
        ("", ""),
    ],
)
def test_what_a_row_cannot_hold_is_written_visibly(word, stored):
    assert text.storable(word) == stored


def test_real_glove_rows_are_in_order(data):
    entry = open_entry(str(data / "vectors" / "glove.6B.300d.sample.txt.gz"))
    assert entry.matrix.shape == (100, 300)
    words = [word for _, word in entry.vocabulary.items()]
    assert words[:4] == ["the", ",", ".", "of"]
    assert entry.notes == []


def test_text_and_binary_of_one_release_are_equal(data):
    name = "nl.wiki.bpe.vs1000.d25.w2v"
    entries = [open_entry(str(data / "vectors" / f"{name}.{end}")) for end in ("txt", "bin")]
    for one, other in pairwise(entries):
        assert list(one.vocabulary.items()) == list(other.vocabulary.items())
        np.testing.assert_allclose(one.matrix, other.matrix, atol=5e-7)


def test_character_vectors_with_digits_for_words(data):
    entry = open_entry(str(data / "vectors" / "glove.840B.300d-char.txt"))
    assert entry.matrix.shape == (94, 300)
    assert entry.vocabulary.row("7") is not None


def test_real_text_named_bin(data):
    entry = open_entry(str(data / "vectors" / "sampsonguo.vectors.bin"))
    assert (entry.meta["format"], entry.matrix.shape) == ("word2vec text", (6, 10))


@pytest.mark.parametrize(
    "content",
    ["4;2\nking 0,23; -0,57\nqueen 0,25; -0,5\nman -0,3; 0,1\nwoman -0,2; 0,4\n",
     "4,2\nking, 0.23, -0.57\nqueen, 0.25, -0.5\nman, -0.3, 0.1\nwoman, -0.2, 0.4\n"],
    ids=["semicolon", "comma"],
)  # fmt: skip
def test_a_header_with_the_separator_of_the_rows_is_none_of_them(put, content):
    entry = open_entry(str(put(content)))
    assert entry.vocabulary.words([0, 1, 2, 3]) == ["king", "queen", "man", "woman"]
    assert entry.matrix[0].tolist() == pytest.approx([0.23, -0.57])


@pytest.mark.parametrize(
    "row",
    ["{}: {} , {} , {}", "{}:{},{},{}", "{}={},{},{}", "{}: {}, {}, {}", "{}, {}, {}, {}"],
)
def test_a_word_joined_to_its_numbers_takes_none_of_them(put, row):
    numbers = {
        "king": (-0.064, 1.021, 0.423),
        "queen": (-0.1, 1.25, 0.4),
        "man": (0.5, -1.5, 0.4),
    }
    text = "".join(row.format(word, *own) + "\n" for word, own in numbers.items())
    try:
        entry = open_entry(str(put(text)))
    except FormatError:
        return
    assert entry.vocabulary.words([0, 1, 2]) == [*numbers]
    assert entry.matrix[0].tolist() == pytest.approx(numbers["king"])


def test_a_word_joined_to_its_first_number_is_refused_beside_a_header(put):
    with pytest.raises(FormatError):
        open_entry(str(put("4 3\nking=1 2 3\nqueen=2 2 3\nman=1 2 0\nwoman=1 3 0\n")))
