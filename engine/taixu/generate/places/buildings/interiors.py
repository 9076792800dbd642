"""Placeholder"""
def build_inside(*a, **k): pass
