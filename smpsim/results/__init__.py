"""Results: tables of outcomes and trajectories, and their files."""
