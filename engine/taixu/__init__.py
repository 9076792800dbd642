"""Taixu: a real-time 3D engine."""
