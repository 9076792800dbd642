"""Buildings by a split grammar."""
