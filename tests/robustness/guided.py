"""Coverage-guided fuzzing of one reader: `python guided.py KIND FOLDER [SEED FILES...] [-max_total_time=60 ...]`.

It needs atheris (`pip install atheris`), and takes libFuzzer's options. KIND is an ending of the files that
`hostile.py` makes, or "address". What is raised beside errors of ours, or said in a poor line, ends the run, and
libFuzzer keeps the input.
"""

import random
import sys
from pathlib import Path

import atheris

sys.path[:0] = [str(Path(__file__).parents[1] / "files"), str(Path(__file__).parent)]

with atheris.instrument_imports(include=["latentcli"]):
    from latentcli.errors import LatentError
    from latentcli.files import addresses, formats
    from latentcli.files.store.cache import open_entry

    for name in formats.FORMATS:
        formats.reader_of(name)


def read_file(path, data):
    """Read a file of these bytes as a space, without the cache."""
    path.write_bytes(data)
    entry = open_entry(str(path), cache=False)
    [*entry.vocabulary.items()]


def read_address(path, data):
    """Split an address as the command line does."""
    text = data.decode("utf-8", "surrogateescape")
    plain, _ = addresses.split_slice(text)
    if not addresses.is_remote(plain):
        addresses.split_address(plain)
        addresses.with_columns(plain, "v", "t")


def started(kind, folder):
    """Make the first inputs of a kind; return their folder."""
    import hostile
    import hostile_gguf
    import hostile_safetensors
    import hostile_torch

    corpus = folder / f"corpus-{kind}"
    corpus.mkdir(exist_ok=True)
    chance = random.Random(0)
    made = {
        name: data for name, data in hostile.seeds(folder).items() if name.endswith(f".{kind}")
    }
    grammars = {"pt": hostile_torch, "gguf": hostile_gguf, "safetensors": hostile_safetensors}
    for number in range(200 if kind in grammars else 0):
        made[f"{number}.{kind}"] = grammars[kind].make(chance)[0]
    if kind == "address":
        texts = (
            "a.npz::w[0, :4]",
            "s3://b/a.npy",
            "-::x",
            "a.db::t.v@w[3]",
            "a[1:2:3]",
            "sample",
        )
        made = {str(number): text.encode() for number, text in enumerate(texts)}
    for name, data in made.items():
        (corpus / name).write_bytes(data)
    return corpus


def main(kind, folder, *options):
    corpus = started(kind, folder)
    path = folder / f"x.{kind}"
    read = read_address if kind == "address" else read_file

    def once(data):
        try:
            read(path, data)
        except LatentError as error:
            said = str(error)
            if not said.isprintable() or len(said) > 1000:
                raise AssertionError(f"a poor message: {said!r}") from error

    atheris.Setup([sys.argv[0], str(corpus), "-max_len=4096", *options], once)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
