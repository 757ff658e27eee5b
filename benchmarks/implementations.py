"""Which implementation gave which number: a metric by the settings of each library, of the same codes.

Run it to print the table of docs/metrics.md: `python benchmarks/implementations.py`.
"""

from __future__ import annotations

import latentcli
from latentcli.disentanglement import METRICS, about
from latentcli.disentanglement._about import parameters
from latentcli.files import samples

CODES, FACTORS = "shapes-beta4.npz::codes", "shapes.csv"
"""The bundled codes of a beta-VAE, and their factors."""


def settings_of(name: str) -> dict[str, dict[str, object]]:
    """Return the settings of each implementation of a metric that differs from the default."""
    return {library: dict(taken) for library, taken in about(name).compat.items()}


def value_of(name: str, library: str | None) -> float | None:
    """Return the score of the codes, by the settings of a library or by the default."""
    codes, factors = samples.find(CODES), samples.find(FACTORS)
    score = getattr(latentcli, name.replace("-", "_"))
    asked = {"ci": None} if "ci" in parameters(name) else {}
    compat = {} if library is None else {"compat": library}
    files = (codes, factors) if about(name).factors else (codes,)
    found: float | None = score(*files, **compat, **asked).value
    return found


def rows(names: list[str]) -> list[str]:
    """Return lines of the table: metric, implementation, its settings, its value."""
    lines = []
    for name in names:
        for library, taken in {"": {}, **settings_of(name)}.items():
            said = (
                ", ".join(f"`{key}` {value}" for key, value in taken.items()) or "as by default"
            )
            who = f"`--compat {library}`" if library else "default"
            lines.append(
                f"| `{name}` | {who} | {said} | {value_of(name, library or None):.4f} |"
            )
    return lines


def main() -> None:
    """Print the table."""
    print("\n".join(rows([name for name in METRICS if about(name).compat])))


if __name__ == "__main__":
    main()
