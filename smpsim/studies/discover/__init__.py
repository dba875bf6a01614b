"""Discovery: where a programme fails, in boxes."""
