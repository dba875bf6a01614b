"""Sweeps: many designs of a study file, in chunks, by any executor, kept and resumed."""
