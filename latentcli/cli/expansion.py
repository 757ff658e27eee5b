"""How a group of options becomes options of a command, and how its docstring becomes its help."""

from __future__ import annotations

import copy
import dataclasses
import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any, get_type_hints

import typer

from latentcli.cli.help import HELP_ALL, HELP_OPTIONS, Command, Group


def expand(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options of its groups, for Typer to read.

    A parameter that a command and its groups, or two groups, have by the same name is one option, which
    all of them get.
    """
    signature = inspect.signature(command)
    hints = get_type_hints(command, include_extras=True)
    groups: dict[str, Any] = {
        name: hint for name, hint in hints.items() if dataclasses.is_dataclass(hint)
    }
    shared = signature.parameters.keys() - groups.keys()
    own = {
        option for name, hint in hints.items() if name not in groups for option in _names(hint)
    }
    parameters: list[inspect.Parameter] = []
    for name, parameter in signature.parameters.items():
        if name not in groups:
            parameters.append(parameter.replace(annotation=hints[name]))
            continue
        group_hints = get_type_hints(groups[name], include_extras=True)
        known = shared | {one.name for one in parameters}
        parameters += [
            inspect.Parameter(
                field.name,
                inspect.Parameter.KEYWORD_ONLY,
                default=field.default,
                annotation=_without(group_hints[field.name], own),
            )
            for field in dataclasses.fields(groups[name])
            if field.name not in known
        ]

    @functools.wraps(command)
    def run(**values: Any) -> Any:
        given = {name: value for name, value in values.items() if name in shared}
        for name, group in groups.items():
            fields = {field.name: values[field.name] for field in dataclasses.fields(group)}
            given[name] = group(**fields)
        return command(**given)

    run.__doc__ = _reflowed(command.__doc__ or "")
    ordered = sorted([*parameters, HELP_ALL], key=lambda parameter: parameter.kind)
    run.__signature__ = signature.replace(parameters=ordered)  # type: ignore[attr-defined]
    run.__annotations__ = {parameter.name: parameter.annotation for parameter in ordered}
    del run.__wrapped__
    return run


def _names(hint: Any) -> tuple[str, ...]:
    """Return the options that a parameter declares by name; Typer takes the first as a default."""
    return tuple(
        name
        for one in getattr(hint, "__metadata__", ())
        for name in (one.default, *(one.param_decls or ()))
        if isinstance(name, str) and name.startswith("-")
    )


def _without(hint: Any, taken: set[str]) -> Any:
    """Return a parameter of a group without the names that the command has for its own."""
    names = _names(hint)
    left = [name for name in names if name not in taken]
    if len(left) == len(names):
        return hint
    option = copy.copy(hint.__metadata__[0])
    option.default, option.param_decls = left[0], tuple(left[1:])
    return Annotated[hint.__origin__, option]


def group(text: str, **commands: Callable[..., Any]) -> typer.Typer:
    """Make a command of several, with a help of its own: `latent cache list`."""
    made = typer.Typer(
        cls=Group,
        rich_markup_mode=None,
        no_args_is_help=True,
        context_settings={"help_option_names": HELP_OPTIONS},
        help=text,
    )
    for name, command in commands.items():
        made.command(name, cls=Command)(expand(command))
    return made


def _reflowed(text: str) -> str:
    r"""Join the lines of each paragraph, for the terminal to wrap; examples stay a line each.

    >>> print(_reflowed("What it\ndoes.\n\nExamples:\n\nlatent a\n\nlatent b"))
    What it does.
    <BLANKLINE>
    Examples:
      latent a
      latent b
    """
    paragraphs = [
        " ".join(paragraph.split("\n")) for paragraph in inspect.cleandoc(text).split("\n\n")
    ]
    joined = paragraphs[:1]
    for paragraph in paragraphs[1:]:
        example = paragraph.startswith(("latent ", "echo "))
        joined.append(f"\n  {paragraph}" if example else f"\n\n{paragraph}")
    return "".join(joined)
