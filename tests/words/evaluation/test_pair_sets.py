import pytest

from latentcli.errors import FormatError
from latentcli.readers import read_pairs as read

PAIRS = [("love", "sex"), ("tiger", "cat")]
SCORES = [6.77, 7.35]


def put(tmp_path, content, name="set.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.mark.parametrize(
    "content",
    [
        "love\tsex\t6.77\ntiger\tcat\t7.35\n",
        "love sex 6.77\ntiger  cat 7.35",
        "love;sex;6.77\ntiger;cat;7.35\n",
        "Word 1,Word 2,Human (mean)\nlove,sex,6.77\ntiger,cat,7.35\n",
        b"\xef\xbb\xbflove\tsex\t6.77\r\ntiger\tcat\t7.35\r\n",
        "# a comment\n\nlove\tsex\t6.77\ntiger\tcat\t7.35\n",
        '"love","sex","6.77"\n"tiger","cat","7.35"\n',
        "6.77 love sex\n7.35 tiger cat\n",
        "love-n sex-n 6.77\ntiger-n cat-n 7.35\n",
        "love\tsex\tV\t6.77\tSYNONYMS\ntiger\tcat\tV\t7.35\tNONE\n",
        "word1\tword2\tPOS\tSimLex999\tconc(w1)\nlove\tsex\tN\t6.77\t2\ntiger\tcat\tN\t7.35\t3\n",
        "Word 1,Word 2,Human (mean),1,2\nlove,sex,6.77,9,6\ntiger,cat,7.35,9,7\n",
    ],
)
def test_layouts_in_the_wild(tmp_path, content):
    found = read(put(tmp_path, content))
    assert (found.pairs, found.scores) == (PAIRS, SCORES)


def test_the_thirteen_sets(data):
    counts = {
        path.stem: len(read(str(path)).pairs)
        for path in (data / "evalsets" / "wordsim").glob("*.txt")
    }
    assert len(counts) == 13
    assert counts["EN-RW-STANFORD"] == 2034
    assert counts["EN-WS-353-ALL"] == 353
    assert counts["EN-MEN-TR-3k"] == 3000
    assert counts["EN-MTurk-771"] == 771


def test_gensims_two():
    pytest.importorskip("gensim")
    assert len(read("wordsim353").pairs) == 353
    assert len(read("simlex999").pairs) == 999


def test_words_with_blanks_between_tabs(tmp_path):
    found = read(put(tmp_path, "new york\tcity\t9\nold town\thouse\t3\n"))
    assert found.pairs == [("new york", "city"), ("old town", "house")]


def test_lines_that_are_no_pairs_are_told(tmp_path):
    found = read(put(tmp_path, "a\tb\t1\nc\td\n\te\t3\nf\tg\tmany\nh\ti\tnan\nj\tk\t2\n"))
    assert found.pairs == [("a", "b"), ("j", "k")]
    assert found.notes == (
        "set.txt: 4 lines have not two words and a number and are left out (the first is line 2)",
    )


@pytest.mark.parametrize("content", ["", "\n", "# only\n", "one two\n", "a b c\n", "1 2 3\n"])
def test_no_pairs_are_an_error_that_says_what_is_wanted(tmp_path, content):
    with pytest.raises(FormatError, match=r"set\.txt: no lines of two words and a number"):
        read(put(tmp_path, content))


@pytest.mark.parametrize(
    ("line", "score"),
    [
        ("{tag}\tone{n}\ttwo{n}\t{n}.5\n", 0.5),  # WordSim-353 with its relations
        (
            "{n}\tone{n}\tn\ttwo{n}\tv\tin <b>one{n}</b>\tof <b>two{n}</b>\t{n}.5\t1\n",
            0.5,
        ),  # SCWS
    ],
)
def test_tags_before_and_between_the_words_are_none(tmp_path, line, score):
    found = read(put(tmp_path, "".join(line.format(n=n, tag="sh"[n % 2]) for n in range(60))))
    assert (found.pairs[0], found.scores[0]) == (("one0", "two0"), score)
    assert len(found.pairs) == 60


def test_one_word_beside_all_others_is_no_tag(tmp_path):
    found = read(put(tmp_path, "".join(f"king\tword{n}\t{n}\n" for n in range(60))))
    assert found.pairs[1] == ("king", "word1")
