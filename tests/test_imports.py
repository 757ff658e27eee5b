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


def in_package(package):
    return sorted(name for name in MODULES if within(name, f"latentcli.{package}"))


def test_the_modules_are_found():
    assert {"latentcli.app", "latentcli.numerics.search", "latentcli.render.table"} <= set(
        MODULES
    )


@pytest.mark.parametrize("module", in_package("core"))
def test_core_imports_numpy_errors_and_itself(module):
    path = MODULES[module]
    for name in ours(imports(path, everywhere=True)):
        assert within(name, "latentcli.core", "latentcli.errors"), name
    import sys

    for name in imports(path, everywhere=False) - ours(imports(path, everywhere=False)):
        top = name.split(".")[0]
        assert top == "numpy" or top in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", in_package("render"))
def test_render_imports_reports_errors_rich_matplotlib_and_itself(module):
    import sys

    for name in imports(MODULES[module], everywhere=True):
        if within(name, "latentcli"):
            assert within(name, "latentcli.render", "latentcli.report", "latentcli.errors"), (
                name
            )
        else:
            top = name.split(".")[0]
            assert top in ("rich", "matplotlib") or top in sys.stdlib_module_names, name


@pytest.mark.parametrize("module", in_package("files"))
def test_files_import_no_core_render_or_commands(module):
    for name in ours(imports(MODULES[module], everywhere=True)):
        # `latentcli` itself has the version, and imports nothing by being imported.
        assert name == "latentcli" or within(name, "latentcli.files", "latentcli.errors"), name


@pytest.mark.parametrize("module", ["latentcli.errors", "latentcli.report"])
def test_the_lowest_modules_import_none_of_ours(module):
    assert not ours(imports(MODULES[module], everywhere=True))


@pytest.mark.parametrize("module", sorted(MODULES))
def test_nobody_imports_commands_but_the_application(module):
    if module == "latentcli.app" or within(module, "latentcli.commands"):
        return
    found = ours(imports(MODULES[module], everywhere=True))
    assert not [
        name for name in found if within(name, "latentcli.commands", "latentcli.app")
    ] or (module == "latentcli.__main__")


@pytest.mark.parametrize("module", sorted(MODULES))
def test_heavy_libraries_are_imported_where_they_are_used(module):
    tops = {name.split(".")[0] for name in imports(MODULES[module], everywhere=False)}
    assert not tops & HEAVY


@pytest.mark.parametrize("module", ["latentcli", "latentcli.__main__", "latentcli.app"])
def test_starting_up_imports_nothing_heavy(module):
    path = MODULES.get(module, PACKAGE / "__init__.py")
    tops = {name.split(".")[0] for name in imports(path, everywhere=False)}
    assert not tops & {"numpy", "rich", "typer", "pyarrow", "simdjson"}


@pytest.mark.parametrize("module", in_package("commands"))
def test_commands_import_no_numpy_core_files_or_render_at_the_top(module):
    for name in imports(MODULES[module], everywhere=False):
        assert not within(
            name, "numpy", "rich", "latentcli.core", "latentcli.files", "latentcli.render",
            "latentcli.words._space",
        ), name  # fmt: skip
