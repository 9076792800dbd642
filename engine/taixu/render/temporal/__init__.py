"""Antialiasing over time: each frame looks at other places of its pixels, and what was seen is gathered from frame to frame."""
