"""Validation and calibration: what is reported of real programmes, predicted and learned from."""
