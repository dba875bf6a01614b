"""Why two designs place unlike numbers: persons, causes, and which change mattered."""
