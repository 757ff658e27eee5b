"""Imports go one way, and nothing heavy is imported before it is used."""

import ast
from pathlib import Path

import pytest

import latentcli

PACKAGE = Path(latentcli.__file__).parent
HEAVY = {"scipy", "sklearn", "gensim", "matplotlib", "pandas", "polars", "torch"}
MODULES = {
    ".".join(["latentcli", *path.relative_to(PACKAGE).with_suffix("").parts]): path
    for path in PACKAGE.rglob("*.py")
}


def imports(path, *, everywhere):
    """Names of what a module imports; without `everywhere`, when it is imported itself."""
    found = set()

    def visit(node):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found.add(node.module)
            found.update(f"{node.module}.{alias.name}" for alias in node.names)
        inside = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        typing_only = isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        if everywhere or not (inside or typing_only):
            for child in ast.iter_child_nodes(node):
                visit(child)

    visit(ast.parse(path.read_text("utf-8")))
    return {name for name in found if name != "__future__"}


def ours(names):
    return {name for name in names if name.split(".")[0] == "latentcli"}


def within(name, *packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


SCIENTIFIC = {
    "numerics", "words", "latents", "disentanglement", "geometry", "comparison", "pictures",
}  # fmt: skip
"""Layers whose modules may import NumPy at the top."""


def layer(name):
    return name.split(".")[1] if "." in name else ""


def in_package(package):
    return sorted(name for name in MODULES if within(name, f"latentcli.{package}"))


def test_the_modules_are_found():
    assert {
        "latentcli.cli.app", "latentcli.numerics.search", "latentcli.render.table"
    } <= set(MODULES)  # fmt: skip


@pytest.mark.parametrize("module", [m for m in sorted(MODULES) if layer(m) in SCIENTIFIC])
def test_the_numerical_layers_import_only_numpy_at_the_top(module):
    import sys

    path = MODULES[module]
    for name in imports(path, everywhere=False) - ours(imports(path, everywhere=False)):
        top = name.split(".")[0]
        assert top == "numpy" or top in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", in_package("render"))
def test_render_imports_rich_and_matplotlib(module):
    import sys

    for name in imports(MODULES[module], everywhere=True):
        top = name.split(".")[0]
        assert top in ("latentcli", "rich", "matplotlib") or top in sys.stdlib_module_names


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nobody_imports_the_command_line(module):
    if within(module, "latentcli.cli") or module == "latentcli.__main__":
        return
    found = ours(imports(MODULES[module], everywhere=True))
    assert not [name for name in found if within(name, "latentcli.cli")]


@pytest.mark.parametrize("module", sorted(MODULES))
def test_heavy_libraries_are_imported_where_they_are_used(module):
    tops = {name.split(".")[0] for name in imports(MODULES[module], everywhere=False)}
    assert not tops & HEAVY


@pytest.mark.parametrize("module", ["latentcli", "latentcli.__main__", "latentcli.cli.app"])
def test_starting_up_imports_nothing_heavy(module):
    path = MODULES.get(module, PACKAGE / "__init__.py")
    tops = {name.split(".")[0] for name in imports(path, everywhere=False)}
    assert not tops & {"numpy", "rich", "typer", "pyarrow", "simdjson"}


@pytest.mark.parametrize("module", in_package("cli"))
def test_commands_import_nothing_heavy_at_the_top(module):
    tables = {"latentcli.disentanglement", "latentcli.disentanglement.METRICS"}
    tables |= {
        name
        for name in ours(imports(MODULES[module], everywhere=False))
        if "disentanglement._about" in name
    }
    for name in imports(MODULES[module], everywhere=False) - tables:
        assert not within(name, "numpy", "rich"), name
        if within(name, "latentcli"):
            assert layer(name) in ("", "cli", "errors", "results", "__version__"), name


# Files are small: what is longer than 300 lines says why where it begins.

LINES = 300


def opening_of(text):
    """The first sentences of a module: its docstring up to the second blank line."""
    return "\n\n".join((ast.get_docstring(ast.parse(text)) or "").split("\n\n")[:2])


def is_small_or_says_why(text):
    return len(text.splitlines()) <= LINES or "Longer than 300 lines" in opening_of(text)


@pytest.mark.parametrize(
    "path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: str(path.relative_to(PACKAGE))
)
def test_a_file_is_small_or_says_why_it_is_not(path):
    assert is_small_or_says_why(path.read_text("utf-8"))


def test_a_long_file_without_a_reason_is_found():
    assert not is_small_or_says_why('"""A module."""\n' + "x = 1\n" * LINES)
    assert is_small_or_says_why(
        '"""A module.\n\nLonger than 300 lines: why.\n"""\n' + "x = 1\n" * LINES
    )
