"""Forecasts: what a running programme has reported conditions the model."""
