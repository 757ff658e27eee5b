"""The layers of the package have no cycle, as docs/design.md draws them."""

from graphlib import TopologicalSorter
from pathlib import Path

from test_imports import LAYERS, MODULES, imports, layer, ours

DESIGN = Path(__file__).resolve().parents[1] / "docs" / "design.md"


def graph():
    """Return for each layer those whose modules it imports, but for a result that shows itself."""
    found = {}
    for module, path in MODULES.items():
        if layer(module) in ("", "__main__"):
            continue
        others = {layer(name) for name in ours(imports(path, everywhere=True))}
        found.setdefault(layer(module), set()).update(others - {layer(module), ""})
    found["results"].discard("render")
    return found


def test_layers_have_no_cycle():
    order = list(TopologicalSorter(graph()).static_order())
    assert order.index("errors") < order.index("numerics") < order.index("words")
    assert order.index("words") < order.index("opening")
    assert order[-1] == "cli"


def test_every_layer_is_in_the_picture():
    text = DESIGN.read_text("utf-8")
    for name in LAYERS:
        assert f"`{name}`" in text
