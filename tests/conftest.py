"""What holds for all tests."""

import os

# workers of pytest-xdist are given the width of the terminal, which would wrap what commands print
os.environ.pop("COLUMNS", None)
