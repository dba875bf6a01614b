"""Sensitivity: which assumptions decide an outcome."""
