import pytest

from latentcli.errors import FileError, FormatError, ParameterError
from latentcli.files import bundled_sets
from latentcli.readers import read_questions as read
from latentcli.words.evaluation._analogy_sets import Analogy


def put(tmp_path, content, name="set.txt"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def test_googles_set_is_whole():
    pytest.importorskip("gensim")
    found = read("questions-words")
    assert (len(found), len(found.sections), found.ignored) == (19_544, 14, 0)
    kinds = {section.kind: 0 for section in found.sections}
    for section in found.sections:
        kinds[section.kind] += len(section.questions)
    assert kinds == {"semantic": 8_869, "syntactic": 10_675}


@pytest.mark.parametrize(
    "content",
    [
        ": one\na b c d\n: two\ne f g h\n",
        b"\xef\xbb\xbf: one\r\na b c d\r\n: two\r\ne f g h",
        ":one\na\tb\tc\td\n\n:  two \ne  f g\th\n",
    ],
)
def test_sections_however_they_are_saved(tmp_path, content):
    found = read(put(tmp_path, content))
    assert [(section.name, section.questions) for section in found.sections] == [
        ("one", [Analogy("a", ("b",), "c", ("d",))]),
        ("two", [Analogy("e", ("f",), "g", ("h",))]),
    ]


def test_plain_lines_are_one_section_of_no_kind(tmp_path):
    (section,) = read(put(tmp_path, "a b c d\n", "msr.txt")).sections
    assert (section.name, section.kind, len(section.questions)) == ("msr", "", 1)


def test_msr_lines_with_their_tag(tmp_path):
    (section,) = read(put(tmp_path, "good better rough JJ_JJR rougher\n")).sections
    assert (section.name, section.kind) == ("JJ_JJR", "syntactic")
    assert section.questions == [Analogy("good", ("better",), "rough", ("rougher",))]


def test_words_with_blanks_between_tabs(tmp_path):
    (section,) = read(put(tmp_path, "new york\tusa\tst. john's\tcanada\n")).sections
    assert section.questions == [Analogy("new york", ("usa",), "st. john's", ("canada",))]


def test_lines_that_are_no_questions_are_counted(tmp_path):
    found = read(put(tmp_path, "a b c d\na b c\n\nx\n"))
    assert (len(found), found.ignored, found.first_ignored) == (1, 2, "line 2, 'a b c',")


def test_a_section_without_questions_stays(tmp_path):
    found = read(put(tmp_path, ": empty\n: full\na b c d\n"))
    assert [len(section.questions) for section in found.sections] == [0, 1]


def test_bats_makes_a_question_of_each_pair_of_lines(tmp_path):
    folder = tmp_path / "BATS_3.0" / "3_Encyclopedic_semantics"
    folder.mkdir(parents=True)
    (folder / "E01 [country - capital].txt").write_text(
        "cat\tfeline/feline_mammal\r\ndog\tcanine\n"
    )
    other = tmp_path / "BATS_3.0" / "1_Inflectional_morphology"
    other.mkdir()
    (other / "I01 [noun - plural].txt").write_text("album albums\nline\tlines\nbad\n")
    (other / "._I01 [noun - plural].txt").write_bytes(b"\x00")
    plural, capital = read(str(tmp_path / "BATS_3.0")).sections
    assert (plural.kind, capital.kind) == ("syntactic", "semantic")
    assert len(plural.questions) == 2
    assert capital.name == "E01 [country - capital]"
    assert capital.questions == [
        Analogy("cat", ("feline", "feline_mammal"), "dog", ("canine",)),
        Analogy("dog", ("canine",), "cat", ("feline", "feline_mammal")),
    ]


@pytest.mark.parametrize("content", ["", "\n\n", ": only a section\n", "a b c\n", "1,2,3,4\n"])
def test_no_questions_are_an_error_that_says_what_is_wanted(tmp_path, content):
    with pytest.raises(
        FormatError, match=r"set\.txt: no analogy questions in it \(lines of four"
    ):
        read(put(tmp_path, content))


def test_an_empty_folder_holds_no_questions(tmp_path):
    with pytest.raises(FormatError, match="no analogy questions"):
        read(str(tmp_path))


def test_binary_files_and_missing_ones(tmp_path):
    with pytest.raises(FormatError, match="not a text file"):
        read(put(tmp_path, b"\x93NUMPY\x01\x00"))
    with pytest.raises(FileError, match="no such file"):
        read(str(tmp_path / "none.txt"))


def test_sets_of_gensim_are_told_when_it_is_absent(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(
        FileError, match="comes with the gensim package, which is not installed"
    ):
        bundled_sets.find("wordsim353")


def test_a_file_of_the_name_goes_before_the_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    put(tmp_path, "a b c d\n", "questions-words")
    assert len(read("questions-words")) == 1


def test_a_folder_of_long_files_is_no_bats(tmp_path):
    put(tmp_path, "word\tother\n" * 1001)
    with pytest.raises(FormatError, match="1,001 lines are not a BATS file"):
        read(str(tmp_path))


def test_bats_files_of_the_same_name_are_told_apart_by_their_folders(tmp_path):
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.y.txt").write_text("a\tb\nc\td\n")
    assert [section.name for section in read(str(tmp_path)).sections] == ["one/x.y", "two/x.y"]


def test_a_set_without_a_name_is_not_this_folder():
    with pytest.raises(ParameterError, match="the set has an empty name"):
        read("")
