"""Seeds of the noise tests, and the share of them in which a reading claims structure.

`LATENT_NOISE_FIRST` is the first seed of the slow tests: others than those of a campaign before.
`LATENT_NOISE_RATES` names a file that takes a line of JSON for each reading that was counted.
"""

import json
import os
import sys
from pathlib import Path

import numpy as np

SEEDS = 100


def seeds(count=SEEDS):
    """Return the seeds of a slow test."""
    first = int(os.environ.get("LATENT_NOISE_FIRST", "0"))
    return range(first, first + count)


def four_times(codes, factors, seed):
    """Return each row of codes with its factors four times, in a random order."""
    order = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(codes)), 4))
    return codes[order], factors[order]


def check(subject, case, found, of=SEEDS):
    """Hold that no reading claims structure in more than 5 % of the seeds.

    `found` maps each reading, or what gives it, to the number of seeds in which it claims some.
    """
    file = os.environ.get("LATENT_NOISE_RATES")
    if file:
        lines = [
            json.dumps(
                {"subject": subject, "case": case, "reading": name, "claims": n, "of": of}
            )
            for name, n in found.items()
        ]
        with Path(file).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in lines)
    assert not {name: n for name, n in found.items() if n > of / 20}


def table(lines):
    """Return a Markdown table of counted readings: a line for each subject and reading."""
    rows = {}
    for one in map(json.loads, lines):
        share = 100 * one["claims"] / one["of"]
        rows.setdefault((one["subject"], one["reading"]), []).append((share, one["case"]))
    made = [
        "| subject | reading | sets of noise | mean | most |",
        "|---|---|---|---|---|",
    ]
    for (subject, reading), found in rows.items():
        mean = sum(share for share, _ in found) / len(found)
        most, case = max(found)
        where = f" ({case})" if most and len(found) > 1 else ""
        made.append(
            f"| `{subject}` | {reading} | {len(found)} | {mean:.1f} | {most:.0f}{where} |"
        )
    return "\n".join(made)


if __name__ == "__main__":
    print(table(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()))  # noqa: T201
