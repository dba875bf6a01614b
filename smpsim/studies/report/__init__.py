"""A report for those who decide: one page of what several options come to, side by side."""
