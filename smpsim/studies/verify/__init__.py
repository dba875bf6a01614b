"""Results run again from what their folders hold, and compared bit for bit."""
