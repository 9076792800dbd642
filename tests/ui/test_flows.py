"""Flows by mouse and keys in a real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from editor_stage import flow_names, flow_result
from flow_stalls import PROPERTY
from PIL import Image

from golden import assert_golden


@pytest.mark.parametrize(("file", "name"), flow_names(), ids=lambda part: part)
def test_flow(file: str, name: str, record_property: Callable[[str, object], None]) -> None:
    result = flow_result(file, name)
    record_property(PROPERTY, result.get(PROPERTY, 0.0))
    assert not result["error"], result["error"]
    for picture, path in result["pictures"].items():
        assert_golden(np.asarray(Image.open(Path(path))), f"ui/{picture}")
