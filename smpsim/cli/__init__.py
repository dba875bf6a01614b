"""The command ``smpsim``: what people type, and how results are printed."""

# each module adds its commands to the app, in the order of the help
from smpsim.cli import (  # noqa: F401
    discovering,
    looking,
    ranking,
    running,
    searching,
    sensitivity,
    sweeping,
    validating,
    verifying,
)
from smpsim.cli.app import app, main

__all__ = ["app", "main"]
