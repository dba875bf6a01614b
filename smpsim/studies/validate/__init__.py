"""Validation: what is reported of real programmes, set beside what is predicted."""
