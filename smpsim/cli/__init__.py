"""The command ``smpsim``: what people type, and how results are printed."""

# each module adds its commands to the app, in the order of the help
from smpsim.cli import looking, ranking, running, sensitivity, sweeping, validating  # noqa: F401
from smpsim.cli.app import app, main

__all__ = ["app", "main"]
