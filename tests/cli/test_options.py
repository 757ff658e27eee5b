"""Options that commands share mean the same everywhere: declared once."""

import pickle

import pytest
import typer

from latentcli.cli import exit_codes
from latentcli.cli.app import COMMANDS, build
from latentcli.cli.expansion import expand
from latentcli.cli.options import MORE, Ci, NeighborCount, SampleSize, Seed
from latentcli.errors import FileError, LatentError, ParameterError, WordError


@pytest.fixture
def given():
    """Run a command with all shared options; return what it was given."""

    def run(*arguments):
        found = {}

        def command(
            ci: Ci = 0.95,
            seed: Seed = 0,
            sample: SampleSize = 5000,
            neighbors: NeighborCount = 10,
        ):
            """Show what is given."""
            found.update(ci=ci, seed=seed, sample=sample, neighbors=neighbors)

        app = typer.Typer()
        app.command()(expand(command))
        app(args=list(arguments), standalone_mode=False)
        return found

    return run


def test_the_defaults(given):
    assert given() == {"ci": 0.95, "seed": 0, "sample": 5000, "neighbors": 10}


def test_no_interval_and_no_sampling_are_asked_for_by_0(given):
    assert given("--ci", "0", "--sample", "0") == {
        "ci": None, "seed": 0, "sample": None, "neighbors": 10
    }  # fmt: skip


@pytest.mark.parametrize("level", ["1", "-0.5", "95", "nan"])
def test_a_level_outside_0_to_1_is_refused(given, level):
    with pytest.raises(ParameterError, match="`ci` is"):
        given("--ci", level)


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (ParameterError("x"), 2),
        (exit_codes.UsageError("x"), 2),
        (ParameterError("bins", 0, "from 2"), 2),
        (LatentError("x"), 1),
        (FileError("x"), 1),
        (WordError("x"), 1),
        (MemoryError(), 1),
        (KeyboardInterrupt(), 130),
        (RuntimeError("a bug"), 1),
    ],
)
def test_exit_codes(error, code):
    assert exit_codes.exit_code(error) == code


OF_THEIR_OWN = {
    ("--seed", "interp"): "the seed is an end of the path",
    ("--sample", "map"): "of words it takes the first",
}
"""Options of the same name that mean something else, and what."""


def leaves():
    """Each command that takes options, by name."""
    for name in COMMANDS:
        found = typer.main.get_command(build([name])).commands[name]
        inner = getattr(found, "commands", None)
        yield from (
            [(name, found)]
            if inner is None
            else ((f"{name} {key}", one) for key, one in inner.items())
        )


@pytest.mark.parametrize("option", ["--ci", "--seed", "--sample"])
def test_an_option_that_commands_share_is_declared_once(option):
    texts = {
        name: (parameter.help, parameter.metavar, parameter.rich_help_panel)
        for name, command in leaves()
        for parameter in command.params
        if option in parameter.opts
    }
    shared = {text for name, text in texts.items() if (option, name) not in OF_THEIR_OWN}
    assert len(texts) > 2
    assert len(shared) == 1


def test_help_shows_examples_as_lines_and_what_few_need_last(latent):
    _, out, _ = latent("analogy", "--help")
    assert "\n  latent analogy king man woman\n" in out
    assert out.index("options:") < out.index(f"\n{MORE}: ")
    assert out.index("--json ") < out.index(f"\n{MORE}: ") < out.index("--quiet")
    _, whole, _ = latent("analogy", "--help-all")
    assert whole.index("\nOptions:\n") < whole.index("--json ") < whole.index(f"\n{MORE}:\n")


def test_an_error_of_two_parameters_is_a_text_and_of_one_has_three_parts():
    together = ParameterError("`via` and `seed` exclude each other")
    of_one = ParameterError("bins", 0, "a whole number from 2")
    assert isinstance(together, ValueError)
    assert str(together) == "`via` and `seed` exclude each other"
    assert str(of_one) == "`bins` is 0; it must be a whole number from 2"
    assert str(pickle.loads(pickle.dumps(of_one))) == str(of_one)
