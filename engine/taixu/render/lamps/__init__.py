"""Lamps: how many are sorted for a view, what areas send out, where their shadow maps lie, and shadows of small things."""
