"""Search: the best designs for several objectives, and how robust they are."""
