"""Calibration: shared parameters fitted to what is reported of real programmes."""
