"""Are two models the same, apart from how their files say it?"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["assert_models_equal"]

IGNORED = {"path", "uri", "asset", "extensions_used", "flat_normals", "mime", "name"}


def assert_models_equal(first: Any, second: Any, where: str = "", *, tolerance: float = 2e-3) -> None:
    """Compare dataclasses, lists, dicts and arrays; floats may differ by as much as unit lengths are restored."""
    if dataclasses.is_dataclass(first):
        assert type(first) is type(second), where
        for field in dataclasses.fields(first):
            if field.name in IGNORED and not (field.name == "name" and where):
                continue
            one, two = getattr(first, field.name), getattr(second, field.name)
            if field.name == "data":
                one, two = first.read(), second.read()
            assert_models_equal(one, two, f"{where}.{field.name}", tolerance=tolerance)
    elif isinstance(first, np.ndarray):
        assert first.shape == second.shape, where
        assert first.dtype.kind == second.dtype.kind, where
        np.testing.assert_allclose(first, second, rtol=1e-6, atol=tolerance, err_msg=where)
    elif isinstance(first, dict):
        assert first.keys() == second.keys(), where
        for key, value in first.items():
            assert_models_equal(value, second[key], f"{where}[{key!r}]", tolerance=tolerance)
    elif isinstance(first, list | tuple) and not isinstance(first, str):
        assert len(first) == len(second), where
        for index, (one, two) in enumerate(zip(first, second, strict=True)):
            assert_models_equal(one, two, f"{where}[{index}]", tolerance=tolerance)
    elif isinstance(first, float) and isinstance(second, float):
        assert first == second or abs(first - second) <= 1e-6 * max(abs(first), 1.0), where
    else:
        assert isinstance(first, Path) or first == second, f"{where}: {first!r} is not {second!r}"
