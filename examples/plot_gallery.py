"""Draw every report's picture from the bundled samples in both sizes, and lay each size on a sheet to look at.

    python examples/plot_gallery.py FOLDER

`make gallery` runs it.
"""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from PIL import Image

from latentcli.cli.app import main

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
    "evaluate-retrieval": "evaluate retrieval digits.npz::codes digits.npz::codes --truncate-dims 2,4",
    "interp": "interp z1.npy z2.npy --compare",
    "interp-reference": "interp digits.npz::codes[0] digits.npz::codes[5] --reference digits.npz::codes --hole-percentile 50",
    "typical": "typical digits.npz::codes",
    "directions": "directions cosine z1.npy z2.npy",
    "direction": "direction shapes-beta4.npz::codes --labels shapes.csv --attribute shape --positive triangle",
    "direction-scores": "direction shapes-beta4.npz::codes --scores shapes.csv::scale",
    "project": "project he:she man:woman -k 5",
    "traverse": "traverse digits.npz::codes[0]",
    "mig": "mig shapes-beta4.npz::codes shapes.csv",
    "dci": "dci shapes-beta4.npz::codes shapes.csv",
    "sap": "sap shapes-beta4.npz::codes shapes.csv",
    "disentanglement": f"disentanglement {SHAPES} --only mig,sap,modularity",
    "udr": "udr shapes-beta1.npz::codes shapes-beta4.npz::codes shapes-beta16.npz::codes",
    "geometry": "geometry digits.npz::codes --labels digits.npz::labels",
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

WIDTH, COLUMNS, GAP = 1000, 3, 20


def draw(folder: Path, size: str) -> list[Path]:
    """Draw all pictures of a size into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
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
    for width in ("page", "column"):
        target = Path(sys.argv[1]) / width
        sheet(draw(target, width), target / "sheet.png")
        print(target / "sheet.png")
