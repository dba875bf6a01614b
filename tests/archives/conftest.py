"""Fixtures of all tests of archives."""

from archived import inputs, results

__all__ = ["inputs", "results"]
