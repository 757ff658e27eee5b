"""Public names that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def attach(
    package: str,
    homes: Mapping[str, str],
    wrap: Callable[[str, Any], Any] | None = None,
    hint: Callable[[str], str] | None = None,
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """Return `__getattr__` and `__dir__` of a package whose names live in other modules.

    `homes` has the module of each name; `wrap` is given a name and its value, and what it returns
    is what the package has; `hint` says of a name that it does not have what may have been meant.
    """

    def get(name: str) -> Any:
        if name not in homes:
            said = hint(name) if hint is not None else ""
            raise AttributeError(f"module '{package}' has no attribute '{name}'{said}")
        value = getattr(import_module(homes[name]), name)
        if wrap is not None:
            value = wrap(name, value)
        setattr(sys.modules[package], name, value)
        return value

    def names() -> list[str]:
        return sorted({*vars(sys.modules[package]), *homes})

    return get, names


def refuse_calls(package: str, function: str) -> None:
    """Let a call of a package, whose name is that of a command, tell its function."""

    class Package(ModuleType):
        def __call__(self, *_: object, **__: object) -> None:
            raise TypeError(f"{package} is a package; its function is latentcli.{function}")

    sys.modules[package].__class__ = Package
