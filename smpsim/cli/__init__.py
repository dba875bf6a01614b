"""The command ``smpsim``: what people type, and how results are printed."""

# each module adds its commands to the app; the help shows them in this order
# isort: off
from smpsim.cli import catalogue, new, run, compare, explain, decide, report, rank, sweep  # noqa: F401
from smpsim.cli import sensitivity, discover, search, validate, calibrate  # noqa: F401
from smpsim.cli import forecast, verify, pack, cockpit  # noqa: F401
# isort: on

from smpsim.cli.app import app, main

__all__ = ["app", "main"]
