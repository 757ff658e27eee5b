"""Draw every report's picture from the bundled samples in both sizes, and lay each size on a sheet to look at.

    python examples/plot_gallery.py FOLDER

`make gallery` runs it.
"""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from latentcli.cli.app import METRICS, main

SHAPES = "shapes-beta1.npz::codes shapes-beta4.npz::codes shapes-beta16.npz::codes shapes.csv"

PICTURES = {
    "analogy": "analogy king man woman",
    "neighbors": "neighbors king paris -k 6",
    "similarity": "similarity cat dog cat car king queen paris france",
    "distances": "distances cat dog car truck king queen paris france tokyo japan",
    "relation": "relation king:queen man:woman uncle:aunt father:mother son:daughter",
    "expr": "expr 'king - man + 0.5*woman' -k 6",
    "odd": "odd breakfast lunch dinner car",
    "represent": "represent 'the cat sat' 'a dog sat' 'stock prices fell'",
    "evaluate": "evaluate similarity",
    "evaluate-analogies": "evaluate analogies",
    "evaluate-categories": "evaluate categories categories.json",
    "evaluate-odd": "evaluate odd odd.txt",
    "evaluate-weat": "evaluate weat flowers.txt",
    "evaluate-recall": "evaluate recall digits.npz::labels[:9] --against digits.npz::labels[:9]",
    "evaluate-retrieval": "evaluate retrieval digits.npz::codes digits.npz::codes --truncate-dims 2,4",
    "interp": "interp z1.npy z2.npy --compare",
    "interp-reference": "interp digits.npz::codes[0] digits.npz::codes[5] --reference digits.npz::codes --hole-percentile 50",
    "typical": "typical digits.npz::codes",
    "directions": "directions cosine z1.npy z2.npy",
    "directions-pca": "directions pca shapes-beta4.npz::codes -k 5",
    "directions-sefa": "directions sefa codes.npy -k 2",
    "directions-contrast": "directions contrast digits.npz::codes[:200] digits.npz::codes[200:400]",
    "direction": "direction shapes-beta4.npz::codes --labels shapes.csv --attribute shape --positive triangle",
    "direction-scores": "direction shapes-beta4.npz::codes --scores shapes.csv::scale",
    "project": "project he:she man:woman -k 5",
    "traverse": "traverse digits.npz::codes[0]",
    **{name: f"{name} shapes-beta4.npz::codes shapes.csv" for name in METRICS},
    "total-correlation": "total-correlation shapes-beta4.npz::codes",
    "wasserstein-dependence": "wasserstein-dependence shapes-beta4.npz::codes",
    "mutual-information-score": "mutual-information-score shapes-beta4.npz::codes",
    "disentanglement": f"disentanglement {SHAPES} --only mig,sap,modularity",
    "udr": "udr shapes-beta1.npz::codes shapes-beta4.npz::codes shapes-beta16.npz::codes",
    "geometry": "geometry digits.npz::codes --labels digits.npz::labels",
    "clusters": "clusters digits.npz::codes -k 10",
    "duplicates": "duplicates digits.npz::codes --threshold 0.99",
    "outliers": "outliers digits.npz::codes -k 5",
    "drift": "drift digits.npz::codes[:900] digits.npz::codes[900:]",
    "align": "align minilm-10k.64d.txt minilm-10k.64d.txt --dictionary pairs.txt",
    "compare": "compare shapes-beta1.npz::codes shapes-beta4.npz::codes",
    "compare-several": "compare shapes-beta1.npz::codes shapes-beta4.npz::codes shapes-beta16.npz::codes",
    "capacity": "capacity --dims 16 --levels 4",
    "capacity-concepts": "capacity --concepts 50000",
    "capacity-space": "capacity",
}
"""A command for each picture."""

MAPS = {
    "map-words": "map minilm-10k.64d.txt --sample 3000 --arrows king:queen --arrows man:woman",
    "map-digits": "map digits.npz::codes --labels digits.npz::labels --fade-torn",
}

PAIRS = "one two three four five six seven eight nine ten red blue green black white king queen man woman"

INPUTS = {
    "categories.json": '{"animals": ["cat", "dog", "horse", "cow", "lion"], '
    '"drinks": ["tea", "wine", "coffee", "beer", "milk"]}',
    "odd.txt": "breakfast lunch dinner car\ncat dog horse piano\nred blue green house\n"
    "paris london berlin apple\ntea coffee wine stone\n",
    "flowers.txt": "Flowers: rose tulip lily daisy\nInsects: ant spider fly bee\n"
    "Pleasant: love peace friend gift\nUnpleasant: war death hate pain\n",
    "pairs.txt": "".join(f"{word} {word}\n" for word in PAIRS.split()),
}
"""Files of words that commands read."""

WIDTH, COLUMNS, GAP = 1000, 3, 20


def draw(folder: Path, size: str) -> list[Path]:
    """Draw all pictures of a size into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in INPUTS.items():
        Path(name).write_text(text, encoding="utf-8")
    made = []
    for option, commands in (("--plot", PICTURES), ("-o", MAPS)):
        for name, words in commands.items():
            made.append(folder / f"{name}.png")
            out = (option, str(made[-1]), "--plot-size", size, "--force", "-q")
            if main([*shlex.split(words), *out]):
                sys.exit(f"latent {words}: no picture")
    return made


def sheet(files: list[Path], out: Path) -> None:
    """Lay pictures on one sheet, each in the column that is shortest."""
    images = [Image.open(file).convert("RGB") for file in files]
    heights, places = [0] * COLUMNS, []
    for number, image in enumerate(images):
        images[number] = image = image.resize(
            (WIDTH, round(image.height * WIDTH / image.width))
        )
        column = heights.index(min(heights))
        places.append((column * (WIDTH + GAP), heights[column]))
        heights[column] += image.height + GAP
    whole = Image.new("RGB", (COLUMNS * (WIDTH + GAP), max(heights)), "white")
    for image, place in zip(images, places, strict=True):
        whole.paste(image, place)
    whole.save(out)


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    with TemporaryDirectory() as inputs:
        os.chdir(inputs)
        for width in ("page", "column"):
            sheet(draw(target / width, width), target / width / "sheet.png")
            print(target / width / "sheet.png")
        os.chdir(target)
