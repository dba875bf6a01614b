"""Comparing two designs under the same luck: paired differences, and as many runs as they need."""
