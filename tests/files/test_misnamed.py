"""Files that are not what their names say, whatever these are: read, or named in one line that says what to do."""

import contextlib
import gzip
import io
import pickle
import re
import sys
import types
import zipfile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save

from latentcli.cli.app import main
from latentcli.errors import LatentError
from latentcli.files.store.cache import open_entry

NAMES = st.sampled_from([
    "model.bin", "vectors.txt", "glove.vec", "w.npy", "w.npz", "e.json", "e.jsonl", "e.csv", "e.tsv", "e.parquet",
    "e.feather", "e.db", "e.fifu", "e.pt", "e.safetensors", "e.gguf", "e.h5", "e.duckdb", "e.kv", "e.gz", "e", "é e",
])  # fmt: skip
LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
TEXT = st.text(LETTERS, max_size=40)
BLANKS = st.text(" \t\r\n", max_size=5)


def cased(word):
    """Return a strategy of a word in mixed case."""
    return st.tuples(*(st.sampled_from([one.lower(), one.upper()]) for one in word)).map(
        "".join
    )


@st.composite
def web_pages(draw):
    before = draw(
        st.sampled_from(["", "\ufeff", '<?xml version="1.0"?>\n', "<!-- saved\nfrom -->\n"])
    )
    first = draw(st.sampled_from(["!doctype html", "html", "head", "body", "title", "script"]))
    rows = draw(st.sampled_from(["", "3 2\nking 1 2\nqueen 2 1\n", "a,b\n1,2\n", '{"a": [1]}']))
    return f"{before}{draw(BLANKS)}<{draw(cased(first))}>{draw(TEXT)}\n{rows}".encode()


ANSWERS = st.builds(
    '<?xml version="1.0" encoding="UTF-8"?>{}<Error><Code>{}</Code></Error>'.format,
    BLANKS,
    st.sampled_from(["AccessDenied", "NoSuchKey", "1.5"]),
).map(str.encode)


@st.composite
def pointers(draw):
    end = draw(st.sampled_from(["\n", "\r\n"]))
    digest = draw(st.text("0123456789abcdef", min_size=64, max_size=64))
    size = draw(st.integers(0, 10**12))
    spec = "version https://git-lfs.github.com/spec/v1"
    return f"{spec}{end}oid sha256:{digest}{end}size {size}{end}".encode()


PLAIN = st.recursive(
    st.none() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def pickles(draw):
    """Pickle plain objects, arrays, and an object of gensim's class."""
    module = types.ModuleType("gensim.models.keyedvectors")
    kept = type("KeyedVectors", (), {"__module__": module.__name__})
    module.KeyedVectors = kept
    names = ["gensim", "gensim.models", module.__name__]
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(dict.fromkeys(names, module))
    try:
        made = kept()
        made.vectors, made.index_to_key = np.ones((2, 3)), draw(st.lists(TEXT, max_size=3))
        value = draw(st.sampled_from([made]) | PLAIN.map(lambda one: [one]))
        return pickle.dumps(value, protocol=draw(st.sampled_from([2, 3, 4, 5])))
    finally:
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


@st.composite
def sheets(draw):
    """Zip a workbook as Excel and LibreOffice do, or begin one of before 2007."""
    if draw(st.integers(0, 3)) == 0:
        return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + draw(st.binary(max_size=600))
    first = draw(st.sampled_from(["[Content_Types].xml", "mimetype"]))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", draw(st.sampled_from([0, zipfile.ZIP_DEFLATED]))) as archive:
        archive.writestr(first, "<x/>")
        archive.writestr("xl/workbook.xml", draw(TEXT))
        archive.writestr("xl/worksheets/sheet1.xml", "king 1 2\nqueen 2 1\n")
    return out.getvalue()


@st.composite
def weights(draw):
    """Save a model: the matrix of its tokens among those of its layers."""
    tokens = draw(
        st.sampled_from(
            [
                "model.embed_tokens.weight",
                "transformer.wte.weight",
                "bert.embeddings.word_embeddings.weight",
            ]
        )
    )
    layers = draw(st.integers(8, 20))
    made = {f"layers.{n}.{kind}": np.ones((4, 4), "f4") for n in range(layers) for kind in "qk"}
    return save(made | {tokens: np.ones((9, 4), "f4")})


EMPTY = st.sampled_from([b"", gzip.compress(b""), b"\n", b" \r\n\t\n", b"\xef\xbb\xbf"])

REFUSED = {
    "a web page": (web_pages(), "a web page, not vectors: .*download it again"),
    "a server's error": (ANSWERS, "a web page, not vectors: .*download it again"),
    "a Git LFS pointer": (pointers(), "a Git LFS pointer, .*git lfs pull"),
    "a pickle": (pickles(), r"a Python pickle, .*model\.wv\.save_word2vec_format"),
    "a sheet": (sheets(), "an Excel sheet or another Office file; save it as CSV"),
    "a model": (
        weights(),
        r"several arrays \(\S*(embed|wte)\S* \(9, 4\) float32, and \d+ more\)\. Pick one: .*::\S*(embed|wte)",
    ),
    "nothing": (EMPTY, "the file is empty|the file has blank lines only"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("misnamed")


def opened(place, name, content):
    path = place / name
    path.write_bytes(content)
    try:
        return open_entry(str(path), cache=False)
    finally:
        path.unlink()


@pytest.mark.parametrize("what", REFUSED)
@given(name=NAMES, draw=st.data())
def test_what_it_is_and_what_to_do_is_said_in_one_line(place, what, name, draw):
    contents, message = REFUSED[what]
    with pytest.raises(LatentError) as error:
        opened(place, name, draw.draw(contents))
    said = str(error.value)
    assert said.startswith(f"{name}: ")
    assert re.search(message, said), said
    assert said.isprintable()
    assert len(said) < 400


@given(name=NAMES, content=st.one_of(contents for contents, _ in REFUSED.values()))
def test_a_command_ends_with_1_and_one_line(place, name, content):
    path = place / name
    path.write_bytes(content)
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["neighbors", "king", "-v", str(path), "--no-cache", "-q"])
    path.unlink()
    assert (code, out.getvalue(), err.getvalue().count("\n")) == (1, "", 1)
    assert err.getvalue().startswith("latent: error: ")


WORDS = st.lists(
    st.text(st.characters(categories=["L"]), min_size=1, max_size=6),
    min_size=2, max_size=6, unique=True,
)  # fmt: skip


@st.composite
def tables(draw, numbers):
    """Draw words and their rows, none of them zeros alone."""
    words = draw(WORDS)
    size = draw(st.integers(2, 6))
    row = st.lists(numbers, min_size=size, max_size=size).filter(any)
    return words, [draw(row) for _ in words]


@given(name=NAMES, made=tables(st.sampled_from([0, 0, 0.5, -1.25, 3.0])))
def test_sparse_rows_are_read(place, name, made):
    words, rows = made
    lines = [
        f"{word} {' '.join(f'{place}:{number}' for place, number in enumerate(row) if number)}"
        for word, row in zip(words, rows, strict=True)
    ]
    header = f"{len(rows)} {len(rows[0])}"
    entry = opened(place, name, "\n".join([header, *lines, ""]).encode())
    assert entry.matrix.tolist() == rows
    assert entry.vocabulary.words(range(len(words))) == words


@given(
    name=NAMES,
    made=tables(st.integers(-99999, 99999).filter(lambda n: n % 10).map(lambda n: n / 1000)),
    separator=st.sampled_from([";", "\t"]),
    end=st.sampled_from(["\n", "\r\n"]),
    header=st.booleans(),
)
def test_decimal_commas_are_read(place, name, made, separator, end, header):
    words, rows = made
    lines = [
        separator.join([word, *(f"{number:.3f}".replace(".", ",") for number in row)])
        for word, row in zip(words, rows, strict=True)
    ]
    if header:
        names = [f"d{number}" for number in range(len(rows[0]))]
        lines.insert(0, separator.join(["word", *names]))
    entry = opened(place, name, (end.join(lines) + end).encode())
    assert entry.matrix.tolist() == np.float32(rows).tolist()
    assert entry.vocabulary.words(range(len(words))) == words
