"""Ranking actions, alone and in pairs, with care for many comparisons."""
