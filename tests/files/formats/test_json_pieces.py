"""JSON that is cut into pieces gives what Python's parser gives of the whole, in less memory."""

import json
import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from latentcli.errors import FormatError
from latentcli.files import bounds
from latentcli.files.formats import json_pieces
from latentcli.files.store.cache import open_entry

SCALARS = st.sampled_from(
    [0, 1, -2.5, 1e300, None, True, 10**30, "", "x,]y", 'q"\\', "[{", "\u00e9\ud83d", "\\"]
)
ROWS = st.integers(0, 3).flatmap(
    lambda width: st.lists(
        st.lists(st.sampled_from([1, 2.5, None]), min_size=width, max_size=width)
    )
)
VALUES = st.recursive(
    SCALARS | ROWS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["a", 'k"', "\\", ",[", "é"]), inner)
    ),
    max_leaves=12,
)
INSERTED = st.sampled_from(
    [b"", b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b" ", b"\xff"]
)


def plain(value):
    """Return a value with numbers as floats and null as a text, as arrays have no null."""
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, list):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, str):
        return value
    return "null" if value is None or value != value else float(value)


def repeated_of(pairs, into):
    names = [name for name, _ in pairs]
    into += [name for place, name in enumerate(names) if name in names[:place]]
    return dict(pairs)


def outcome(parse):
    repeated = []
    try:
        return plain(parse(repeated)), sorted(repeated)
    except ValueError:
        return None, None


@given(VALUES, INSERTED, st.integers(0, 200), st.sampled_from([1, 2, 7, 40]), st.booleans())
def test_pieces_are_as_good_as_the_whole(value, inserted, at, block, spaced):
    text = json.dumps(value, separators=(" , ", " : ") if spaced else None, ensure_ascii=False)
    text = text.encode("utf-8", "surrogatepass")
    text = text[:at] + inserted + text[at:]
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(json_pieces, "BLOCK", block)
        found = outcome(
            lambda repeated: json_pieces.loads(text, lambda pairs: repeated_of(pairs, repeated))
        )
    assert found == outcome(
        lambda repeated: json.loads(
            text.decode("utf-8", "surrogatepass"),
            object_pairs_hook=lambda pairs: repeated_of(pairs, repeated),
        )
    )


@pytest.mark.parametrize(
    "piece", ["[1]", "[1,2]", "[[1],[2]]", "1", "[0.512,-0.25,1e-3]", '"w%d":[1,2,3]']
)
def test_a_megabyte_takes_some_megabytes(put, piece):
    pieces = ",".join(piece.replace("%d", str(n)) for n in range((1 << 20) // len(piece)))
    brackets = "{}" if ":" in piece else "[]"
    path = put(brackets[0] + pieces + brackets[1], "x.json")
    tracemalloc.start()
    open_entry(str(path), cache=False)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * path.stat().st_size


@pytest.mark.parametrize("name", ["x.json", "x.csv"])
def test_what_does_not_fit_is_refused_before_it_is_parsed(put, name):
    rows = "[1,2,3],\n" if name == "x.json" else "1,2,3\n"
    text = rows * 300_000
    path = put(f"[{text[:-2]}]" if name == "x.json" else f"a,b,c\n{text}", name)
    bounds.set_most(20 << 20)
    try:
        with pytest.raises(FormatError, match="of `max_memory`"):
            open_entry(str(path), cache=False)
    finally:
        bounds.set_most(None)


def test_where_it_is_wrong_is_told(put):
    text = "[" + "[1, 2],\n" * 60_000 + "[1, x]]"
    with pytest.raises(FormatError, match=r"Expecting value: line 60001 column 5"):
        open_entry(str(put(text, "x.json")))
