"""Benchmarks: what this machine reaches, each figure beside its limit or another engine measured in the same run.

Each benchmark is a module that yields results; `runner` gives each a process of its own, so that peak memory is its
own and a driver's settings reach it from the start. The engines compared with (`peers`) are processes too, and are
left out with a reason where they are not installed.
"""

from __future__ import annotations

from taixu.bench.catalogue import BENCHES, load_bench
from taixu.bench.measure import Options

__all__ = ["BENCHES", "Options", "load_bench"]
