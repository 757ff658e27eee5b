"""How a help is laid out: one screen where it can be, and all of it by `--help-all`.

`--help` has what most people need: the summary, the usage, the paragraphs that fit, examples, arguments
and the command's main options; the others are named. `--help-all` describes every option.
"""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from latentcli.cli.grammar import as_meant

SCREEN = 24
"""Lines of a terminal, in which `--help` fits where it can."""

HELP_OPTIONS = ["-h", "--help", "--help-all"]
"""Of `latent` and its groups; a command has `HELP_ALL` in place of the last."""

_ALL = "latentcli.help-all"


def _show_all(ctx: typer.Context, enabled: bool) -> None:
    """Print the help with every option, and end."""
    if enabled:
        ctx.meta[_ALL] = True
        typer.echo(ctx.get_help())
        raise typer.Exit


HELP_ALL = inspect.Parameter(
    "help_all",
    inspect.Parameter.KEYWORD_ONLY,
    default=False,
    annotation=Annotated[
        bool,
        typer.Option(
            "--help-all",
            help="Show the help with every option.",
            callback=_show_all,
            is_eager=True,
            expose_value=False,
            hidden=True,
        ),
    ],
)
"""The parameter that every command gets; nothing of it reaches the function."""


class Command(TyperCommand):
    """A command whose help fits a screen where it can, and that reads what is typed as it was meant."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what was typed, in the words of this command."""
        options: list[Any] = [
            one for one in self.get_params(ctx) if one.param_type_name == "option"
        ]
        flags = {
            name
            for one in options
            if one.is_flag or one.count
            for name in (*one.opts, *one.secondary_opts)
        }
        known = flags | {name for one in options for name in one.opts}
        usage = self.collect_usage_pieces(ctx)
        meant = as_meant(
            args, known, flags=flags, factors=any("FACTORS" in one for one in usage)
        )
        return super().parse_args(ctx, meant)

    def get_help_option_names(self, ctx: Any) -> list[str]:
        """Return `-h` and `--help`: `--help-all` is an option of its own."""
        return [name for name in super().get_help_option_names(ctx) if name != "--help-all"]

    def collect_usage_pieces(self, ctx: Any) -> list[str]:
        """Return the pieces of the usage: what takes several words stands without braces."""
        return [piece.strip("{}") for piece in super().collect_usage_pieces(ctx)]

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help of `--help`, or of `--help-all`."""
        formatter.write(_page(self, ctx))


class Group(TyperGroup):
    """A command of several: all of them are listed, under the panels they have."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the summary, the usage, options and commands."""
        summary, *paragraphs = _paragraphs(self)
        panels: dict[str, list[tuple[str, str]]] = {"Options": _records(self, ctx, "Options")}
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            panel = getattr(command, "rich_help_panel", None)
            title = panel if isinstance(panel, str) else "Commands"
            summary_of = getattr(command, "short_help", None) or _paragraphs(command)[0]
            panels.setdefault(title, []).append((name, summary_of))
        parts = [_tables(ctx, panels)]
        formatter.write(_joined(ctx, self, summary, paragraphs, parts))


def _page(command: TyperCommand, ctx: Any) -> str:
    """Lay out the help: whole if it fits a screen or is requested whole, else what is most needed."""
    summary, *paragraphs = _paragraphs(command)
    titles = dict.fromkeys(["Arguments", "Options", *map(_panel, command.get_params(ctx))])
    panels = {title: _records(command, ctx, title) for title in titles}
    whole = _joined(ctx, command, summary, paragraphs, [_tables(ctx, panels)])
    if _ALL in ctx.meta or _height(whole) <= SCREEN:
        return whole
    rows, width = panels.pop("Arguments") + panels.pop("Options"), ctx.make_formatter().width
    parts = [_tables(ctx, {"Arguments and options": _brief(rows, width)}), _names(ctx, panels)]
    examples = [one for one in paragraphs if one.startswith("Examples:")]
    texts = [one for one in paragraphs if one not in examples]
    while True:
        page = _joined(ctx, command, summary, [*texts, *examples], parts)
        if _height(page) <= SCREEN or not texts:
            return page
        texts.pop()


def _height(page: str) -> int:
    return page.rstrip("\n").count("\n") + 1


def _paragraphs(command: Any) -> list[str]:
    return inspect.cleandoc(command.help or "").split("\n\n")


def _panel(parameter: Any) -> str:
    """Return the title under which a parameter stands."""
    if parameter.param_type_name == "argument":
        return "Arguments"
    return str(getattr(parameter, "rich_help_panel", None) or "Options")


def _records(command: Any, ctx: Any, title: str) -> list[tuple[str, str]]:
    """Return names and help of the parameters under a title; `--help` itself goes without saying."""
    own = [
        one for one in command.get_params(ctx) if one.name != "help" and _panel(one) == title
    ]
    return [record for one in own if (record := one.get_help_record(ctx))]


def _joined(ctx: Any, command: Any, summary: str, texts: list[str], parts: list[str]) -> str:
    """Join the summary, the usage, the texts and the ready parts of a page, a blank line between."""
    usage = ctx.make_formatter()
    command.format_usage(ctx, usage)
    wrapped = [
        text + "\n" if text.startswith("Examples:") else _wrapped(text, usage.width)
        for text in texts
    ]
    pieces = [_wrapped(summary, usage.width), usage.getvalue(), *wrapped, *parts]
    return "\n".join(filter(None, pieces))


def _wrapped(text: str, width: int) -> str:
    """Wrap a text at blanks: names of options stay whole."""
    import textwrap  # for a help alone: every command imports this module

    return textwrap.fill(text, width, break_on_hyphens=False) + "\n"


def _tables(ctx: Any, panels: dict[str, list[tuple[str, str]]]) -> str:
    """Write one table for each panel that has rows."""
    pieces = []
    for title, rows in panels.items():
        if rows:
            formatter = ctx.make_formatter()
            formatter.write_heading(title)
            formatter.indent()
            formatter.write_dl(rows, col_max=34)
            pieces.append(formatter.getvalue())
    return "\n".join(pieces)


def _names(ctx: Any, panels: dict[str, list[tuple[str, str]]]) -> str:
    """Name the options of the other panels, and say what describes them."""
    lines = [
        f"{title}: " + " ".join(_long(names) for names, _ in rows)
        for title, rows in panels.items()
    ]
    lines.append(f"All of them: {ctx.command_path} --help-all")
    width = ctx.make_formatter().width
    return "".join(_wrapped(line, width) for line in lines)


def _brief(rows: list[tuple[str, str]], width: int) -> list[tuple[str, str]]:
    """Return names and help without what `--help-all` adds, with the default where the line has room.

    >>> _brief([("--steps N", "Steps.  [env var: STEPS; default: 11; required]")], 78)
    [('--steps N', 'Steps.  [default: 11]')]
    """
    room = width - max(len(names) for names, _ in rows) - 4
    made = []
    for names, text in rows:
        what, _, extra = text.partition("  [")
        default = [one for one in extra.rstrip("]").split("; ") if one.startswith("default: ")]
        full = f"{what}  [{default[0]}]" if default else what
        made.append((names, full if len(full) <= room else what))
    return made


def _long(names: str) -> str:
    """Return the first long name of an option.

    >>> _long("-k, --top K")
    '--top'
    """
    return next(
        (word.strip(",/") for word in names.split() if word.startswith("--")), names.split()[0]
    )
