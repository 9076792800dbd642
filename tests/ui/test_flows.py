"""Flows by mouse and keys in a real window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from editor_stage import flow_names, flow_result
from PIL import Image

from golden import assert_golden


@pytest.mark.parametrize(("file", "name"), flow_names(), ids=lambda part: part)
def test_flow(file: str, name: str) -> None:
    result = flow_result(file, name)
    assert not result["error"], result["error"]
    for picture, path in result["pictures"].items():
        assert_golden(np.asarray(Image.open(Path(path))), f"ui/{picture}")
