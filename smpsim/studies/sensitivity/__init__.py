"""Sensitivity: which assumptions an outcome hangs on."""
