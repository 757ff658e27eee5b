"""What the commands of disentanglement share: how codes and factors come in."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import tau
from typing import TYPE_CHECKING, Annotated, Any

import typer

from latentcli.cli import file_order
from latentcli.cli.exit_codes import UsageError
from latentcli.cli.options import MORE, AxesOfCodes, Dask, NoCache, SkipBadShards
from latentcli.cli.output import Output
from latentcli.cli.shards import check_alone
from latentcli.cli.wording import naming, shortest
from latentcli.results import Record

if TYPE_CHECKING:
    from latentcli.disentanglement._data import Data

PANEL = "Factors"


@dataclass(frozen=True)
class Factors:
    """How factors are read, and matched to codes."""

    continuous: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="This factor is a quantity; repeatable.", rich_help_panel=PANEL
        ),
    ] = None
    discrete: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME", help="This factor has classes; repeatable.", rich_help_panel=PANEL
        ),
    ] = None
    periodic: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME[=PERIOD]",
            help="This factor is an angle, in radians, or with the period given: angle=360; repeatable.",
            rich_help_panel=MORE,
        ),
    ] = None
    factor_bins: Annotated[
        int,
        typer.Option(
            metavar="N",
            help="Classes of a continuous factor.",
            rich_help_panel=PANEL,
        ),
    ] = 20
    axes: AxesOfCodes = ""
    id: Annotated[
        str | None,
        typer.Option(
            "--id",
            metavar="COLUMN",
            help="Match rows by this column.",
            rich_help_panel=PANEL,
        ),
    ] = None

    dask: Dask = None
    skip_bad_shards: SkipBadShards = False

    def load(self, files: list[str], output: Output) -> dict[str, Data]:
        """Read CODES... FACTORS and make each codes file ready; `notes` say what was left out."""
        from latentcli.files import factors, siblings

        if len(files) < 2:
            raise UsageError("name the codes and the factors: CODES FACTORS")
        check_alone(self.dask, self.skip_bad_shards)
        if self.dask:
            return self._of_shards(*files, output=output)
        *codes, address = files
        remarks: list[str] = []
        columns = factors.read(address, remarks)
        beside = len(codes) == 1 and siblings.same(codes[0], address)
        own = factors.beside_codes(columns) if beside else {}
        for remark in remarks:
            output.note(f"{address}: {remark}")
        for name, times in Counter(codes).items():
            if times > 1:
                output.note(f"{name} is named {times} times and scored once")
            if siblings.same(name, address) and not own:
                output.note(file_order.same(name))
            if means := siblings.means_beside(name):
                output.note(
                    f"{name} seems to hold sampled codes; their means are beside it, and usual for "
                    f"these metrics: type {means}"
                )
        columns = own or columns
        short = shortest(codes)
        data = {short[name]: self._prepare(name, columns, address) for name in short}
        return file_order.checked(data, list(short), address)

    def _of_shards(
        self, codes: str, address: str, *more: str, output: Output
    ) -> dict[str, Data]:
        """Read codes and factors in shards: those of the codes stay where they are."""
        from latentcli.cli.shards import connected
        from latentcli.distributed import ids_of, matched, open_codes, read_factors, survey
        from latentcli.files import factors

        if more or self.axes:
            raise UsageError("--dask takes the codes (N, D) of one model: CODES FACTORS")
        session = connected(self.dask or "", output)
        remarks: list[str] = []
        read = read_factors(address, remarks, skip_bad=self.skip_bad_shards)
        found, rows = survey(session, [codes], skip_bad=self.skip_bad_shards), None
        with naming(codes=codes, factors=address):
            if self.id is None:
                found, columns = matched(found, read)
            else:
                ids = ids_of(session, found, self.id)
                rows, columns, lost = factors.join(read.columns, self.id, ids, address)
                remarks += [*read.notes, *lost]
                session.count((), [*read.bad.values()])
            data = open_codes(
                session, found, columns, rows=rows,
                continuous=self.continuous or (), discrete=self.discrete or (),
                periodic=parsed_periods(self.periodic or ()), factor_bins=self.factor_bins,
            )  # fmt: skip
        return {codes: replace(data, notes=(*dict.fromkeys(remarks), *data.notes))}

    def load_alone(self, files: list[str]) -> dict[str, Data]:
        """Read CODES..., without factors, and make each ready."""
        return {short: self._prepare(name, None, "") for name, short in shortest(files).items()}

    def _prepare(self, name: str, columns: Any, address: str) -> Data:
        from latentcli.disentanglement._data import prepare
        from latentcli.files import codes, factors

        values, remarks = codes.load_matrix(name, self.axes)
        if self.id is not None and columns is not None:
            ids, without = factors.ids_of(name, self.id)
            values = values if without is None else without
            rows = range(len(values)) if ids is None else ids.tolist()
            kept, columns, lost = factors.join(columns, self.id, rows, address)
            values, remarks = values[kept], lost if without is not None else [*remarks, *lost]
        with naming(codes=name, factors=address):
            data = prepare(
                values,
                columns,
                continuous=self.continuous or (),
                discrete=self.discrete or (),
                periodic=parsed_periods(self.periodic or ()),
                factor_bins=self.factor_bins,
            )
        return replace(data, notes=(*remarks, *data.notes))

    def settings(self, data: dict[str, Data], files: list[str]) -> Record:
        """Return what goes into a report's settings: files, sizes and the kinds of factors."""
        first = next(iter(data.values()))
        with_factors = bool(first.factors)
        kinds = {
            kind: ", ".join(factor.name for factor in first.factors if factor.kind == kind)
            for kind in ("discrete", "continuous")
        }
        codes = dict.fromkeys(files[:-1] if with_factors else files)
        record: Record = {"codes": ", ".join(codes)}
        if with_factors:
            record |= {
                "factors": files[-1],
                "discrete": kinds["discrete"] or None,
                "continuous": kinds["continuous"] or None,
                "periodic": ", ".join(
                    f"{f.name}={f.period:g}" for f in first.factors if f.period
                )
                or None,
                "factor_bins": self.factor_bins if kinds["continuous"] else None,
                "id": self.id,
            }
        if self.dask:
            from latentcli.cli.shards import settings

            record |= settings()
        if self.axes:
            record["axes"] = self.axes.upper()
        dimensions = [made.dimensions for made in data.values()]
        return record | {
            "rows": first.rows,
            "dimensions": dimensions[0] if len(data) == 1 else ", ".join(map(str, dimensions)),
        }


@dataclass(frozen=True)
class Models:
    """How several models are distinguished, and whether their scores are kept."""

    halves: Annotated[
        int | None,
        typer.Option(
            "--halves",
            metavar="N",
            help="Compare models on N random halves; 0: not.",
            rich_help_panel=MORE,
        ),
    ] = None
    no_cache: NoCache = False

    def settings(self, count: int) -> dict[str, Any]:
        """Return what a function of `count` models takes: scores of one model are not kept."""
        from latentcli.files.store.scores import KeptScores

        kept = count > 1 and not self.no_cache
        return {"halves": self.halves, "store": KeptScores() if kept else None}


@dataclass(frozen=True)
class MetricModels(Models):
    """Models of one metric, whose score may be a curve."""

    curve: Annotated[
        bool,
        typer.Option(
            "--curve",
            help="Score N/8, N/4, N/2 and N rows, to see how the score depends on it.",
            rich_help_panel=MORE,
        ),
    ] = False


def named(title: str, models: Iterable[str]) -> str:
    """Return a title with the name of the one model it is about; tables name several."""
    names = list(models)
    return title.replace(": ", f" of {names[0]}: ", 1) if len(names) == 1 else title


def parsed_periods(given: Iterable[str]) -> dict[str, float]:
    """Return the period of each --periodic NAME[=PERIOD], 2 pi by default.

    >>> parsed_periods(["hour=24"])
    {'hour': 24.0}
    """
    found = {}
    for text in given:
        name, equals, period = text.rpartition("=")
        try:
            found[name if equals else text] = float(period) if equals else tau
        except ValueError:
            raise UsageError(
                f"--periodic '{text}': a number after =, such as angle=360"
            ) from None
    return found


def parsed_limits(text: str) -> tuple[float, float]:
    """Return the two numbers of --limits."""
    try:
        low, high = (float(part) for part in text.split(","))
    except ValueError:
        raise UsageError(f"--limits '{text}': two numbers with a comma, such as -4,4") from None
    return low, high
