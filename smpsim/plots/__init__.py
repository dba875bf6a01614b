"""Pictures of results: trajectories, stages, who pays, who gains, and comparisons."""
