import pytest

from latentcli.errors import FormatError

ROWS = "3 5\nking 0:0.5 3:0.2\nnew york 0:0.4 2:-1e-1 4:0.9\nman 1:0.3\n"
DENSE = {
    "king": [0.5, 0, 0, 0.2, 0],
    "new york": [0.4, 0, -0.1, 0, 0.9],
    "man": [0, 0.3, 0, 0, 0],
}


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_is_left_out_is_zero(opened, table, end):
    entry = opened(ROWS.replace("\n", end))
    assert table(entry) == {word: pytest.approx(row, rel=1e-6) for word, row in DENSE.items()}
    assert "index:value, from 0" in entry.notes[0]


def test_a_word_without_numbers_is_a_row_of_zeros(opened):
    assert opened(f"{ROWS.replace('3 5', '4 5')}nothing\n").meta["findings"] == {"zero": 1}


@pytest.mark.parametrize(
    ("content", "message"),
    [(ROWS.replace("4:0.9", "5:0.9"), "line 3: index 5 is outside of its 5 dimensions"),
     (ROWS.replace("3:0.2", "0:0.2"), "line 2: an index occurs twice"),
     (ROWS.replace("3 5", "3 9999999"), "promises vectors of 9,999,999 dimensions")],
)  # fmt: skip
def test_what_does_not_fit_is_refused(opened, content, message):
    with pytest.raises(FormatError, match=message):
        opened(content)
