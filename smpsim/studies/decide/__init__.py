"""Deciding between any number of options, in all worlds that are plausible."""
