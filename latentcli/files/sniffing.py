"""What the first bytes of a file say: text or binary, and what it is when no reader takes it."""

from __future__ import annotations

import re

from latentcli.errors import FormatError
from latentcli.files.stream import OFFICE, Stream

_PICKLE = (
    "a Python pickle, which can run code and is never loaded; for gensim's .kv or .model, export it "
    "with model.wv.save_word2vec_format('vectors.txt'), else save plain arrays with numpy.save"
)
_PICKLES = (
    b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"ccopy_reg\n", b"cnumpy", b"(lp0\n", b"(dp0\n",
    b"]q\x00", b"}q\x00",
)  # fmt: skip
"""How pickles begin, those of protocols 0 and 1 too."""
_UTF_16 = "text in UTF-16; convert it with: iconv -f UTF-16 -t UTF-8"

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"FEA1", "a Feather file of version 1; write it again with pyarrow.feather or as Parquet"),
    (b"7z\xbc\xaf", "a 7z archive; unpack it first"),
    (b"Rar!", "a RAR archive; unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file; unpack it first"),
    (b"\xd0\xcf\x11\xe0", OFFICE),
    (b"%PDF", "a PDF document, not vectors"),
    (b"\x89PNG", "a PNG picture, not vectors"),
    (b"\xff\xd8\xff", "a JPEG picture, not vectors"),
    (b"\xff\xfe", _UTF_16),
    (b"\xfe\xff", _UTF_16),
)

_WEB_PAGE = re.compile(
    rb"(?:\s|<\?xml[^>]*>|<!--.*?-->)*<(?:!doctype|html|head|body|meta|title|script|error)\b"
    rb"(?!>?(?:[ \t]+[-+.\deE]+)+[ \t]*[\r\n])",  # a word of that name, with its numbers
    re.IGNORECASE | re.DOTALL,
)
"""A page, or what a store of files answers instead of one."""
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\v\f\r"))


def is_binary(head: bytes) -> bool:
    """Tell bytes that no text has: NUL and other controls but tab, line ends and form feed."""
    return len(head.translate(None, _CONTROLS)) < len(head)


def is_pickle(head: bytes) -> bool:
    """Tell what Python's pickle writes, which can run code."""
    return head.startswith(_PICKLES)


def refuse_known(stream: Stream) -> None:
    """Raise FormatError for a file that is known by its first bytes and that no reader takes."""
    head = stream.head(4096).removeprefix(b"\xef\xbb\xbf")
    if not stream.head(1):
        raise stream.error("the file is empty; was its download cut short?")
    if stream.head(12)[8:] == b"DUCK":
        return  # a DuckDB file begins with a checksum, which may look like anything
    for magic, what in _MAGIC:
        if head.startswith(magic):
            raise stream.error(what)
    if _WEB_PAGE.match(head):
        raise stream.error(
            "a web page, not vectors: a download that failed leaves such a file; download it again"
        )
    if head.startswith(_LFS_POINTER):
        raise stream.error(
            "a Git LFS pointer, not the file that it stands for; fetch that with: git lfs pull"
        )
    if head[257:262] == b"ustar":
        raise stream.error("a tar archive; unpack it first")


def unknown(stream: Stream, raw: str = "") -> FormatError:
    """Return the error of a file that no reader takes, with what its bytes look like.

    `raw` says how to read it if it may be numbers without a header.
    """
    head = stream.head(4096).removeprefix(b"\xef\xbb\xbf")
    if is_pickle(head):
        return stream.error(_PICKLE)
    if not head.strip():
        return stream.error("the file has blank lines only; was its download cut short?")
    if not is_binary(head) and not is_noise(head):
        line = head.splitlines()[0][:40].decode("utf-8", "backslashreplace")
        return stream.error(
            f"text, but its lines are not a word and numbers (line 1: '{line}')"
        )
    if stream.path.suffix.lower() == ".npy":
        return stream.error(
            "no .npy header: a raw np.memmap or tofile? Save the array with numpy.save"
        )
    if raw:
        return stream.error(raw)
    return stream.error(
        "binary data without a header that names its words and dimensions; a raw dump such as "
        "the GloVe tool's vectors.bin cannot be read without its words, use its .txt; a raw array "
        "of numbers needs numpy.save"
    )


def is_noise(head: bytes) -> bool:
    """Tell bytes without controls that are hardly text: a fifth of them is not UTF-8."""
    return head.decode("utf-8", "replace").count("\ufffd") > 0.2 * len(head)
