"""Print the exact outcomes of two scenarios, to compare what versions of packages give."""

import smpsim
from smpsim.results.provenance import versions

SCENARIOS, REPLICATIONS, SEED = ("bare_pipeline", "reference"), 20, 1


def main() -> None:
    """Print one line for each run and programme; versions go in lines that begin with #."""
    for name, version in versions().items():
        print(f"# {name} {version}")
    for scenario in SCENARIOS:
        table = smpsim.run(scenario, REPLICATIONS, SEED).outcomes()
        print("scenario", *table.columns, sep=",")
        for row in table.itertuples(index=False):
            # hexadecimal, so that not a bit is lost
            print(scenario, *(_exact(cell) for cell in row), sep=",")


def _exact(cell: object) -> str:
    return str(cell) if isinstance(cell, str) else float(cell).hex()  # type: ignore[arg-type]


if __name__ == "__main__":
    main()
