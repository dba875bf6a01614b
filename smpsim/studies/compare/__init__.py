"""Comparing two designs under the same chance events: paired differences, and enough runs."""
