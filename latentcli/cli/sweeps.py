"""Sweeps on the command line: a table of models, or files by group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from latentcli.cli.exit_codes import UsageError
from latentcli.cli.factors import Factors, Models, parsed_periods
from latentcli.cli.wording import naming
from latentcli.errors import shown
from latentcli.results import Report

_PANEL = "Sweeps"


@dataclass(frozen=True)
class Sweep:
    """Where the models of a sweep are named."""

    sweep: Annotated[
        str | None,
        typer.Option(
            "--sweep",
            metavar="TABLE",
            help="CSV with a line for each model: file, seed, settings.",
            rich_help_panel=_PANEL,
        ),
    ] = None
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="NAME=FILES",
            help="Models of one setting, a file for each seed: beta4='b4_*.npy'; repeatable.",
            rich_help_panel=_PANEL,
        ),
    ] = None

    def __bool__(self) -> bool:
        """Tell whether there is a sweep."""
        return bool(self.sweep or self.group)

    def report(
        self, files: list[str], factors: Factors, models: Models, given: Mapping[str, Any]
    ) -> Report:
        """Score the models of a sweep; `files` has the factors of all, or nothing."""
        import latentcli

        if self.sweep and self.group:
            raise UsageError("--sweep names the models of all groups: leave --group out")
        if len(files) > 1:
            raise UsageError("with --sweep or --group name one file: the factors")
        if factors.id is not None:
            raise UsageError("--id is not for sweeps: rows are matched in their order")
        for given_option, name in (
            (factors.dask, "--dask"), (factors.skip_bad_shards, "--skip-bad-shards"),
            (models.halves is not None, "--halves"),
        ):  # fmt: skip
            if given_option:
                raise UsageError(f"{name} is not for sweeps")
        source = self._models(factors.axes)
        settings = models.settings(2)
        with naming(models=self.sweep or "--group", factors=files[0] if files else None):
            result = latentcli.sweep(
                source,
                files[0] if files else None,
                continuous=factors.continuous or (),
                discrete=factors.discrete or (),
                periodic=parsed_periods(factors.periodic or ()),
                factor_bins=factors.factor_bins,
                store=settings["store"],
                **given,
            )
        own = {
            "sweep": self.sweep, "group": ", ".join(self.group or ()) or None,
            "factors": files[0] if files else None,
        }  # fmt: skip
        return Report.of("disentanglement", result, settings=own)

    def _models(self, axes: str) -> list[dict[str, Any]]:
        """Return a record for each line of the table, or each file of each group."""
        from latentcli.files import samples, sweeps

        if self.sweep:
            return sweeps.read(samples.find(self.sweep), axes)
        records = []
        for text in self.group or ():
            name, sign, pattern = text.partition("=")
            if not sign or not name or not pattern:
                raise UsageError(
                    f"--group '{shown(text)}': NAME=FILES, such as beta4='b4_*.npy'"
                )
            found = sweeps.matching(pattern)
            records += [{"group": name, "file": file} for file in found]
        return sweeps.with_files(records, Path(), axes)
