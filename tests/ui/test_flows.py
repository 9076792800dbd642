"""Flows by mouse and keys in a real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from editor_stage import end_flows, expect_flows, flow_names, flow_result
from flow_stalls import PROPERTY
from PIL import Image

from golden import SHARE, assert_golden


@pytest.fixture(scope="module", autouse=True)
def _stages(request: pytest.FixtureRequest) -> Iterator[None]:
    """The files of all flows that were chosen begin to be played."""
    chosen = [item.callspec.params["file"] for item in request.session.items if item.path == request.path]  # type: ignore[attr-defined]
    expect_flows(dict.fromkeys(chosen))
    yield
    end_flows()


@pytest.mark.parametrize(("file", "name"), flow_names(), ids=lambda part: part)
def test_flow(file: str, name: str, record_property: Callable[[str, object], None]) -> None:
    result = flow_result(file, name)
    record_property(PROPERTY, result.get(PROPERTY, 0.0))
    assert not result["error"], result["error"]
    for picture, path in result["pictures"].items():
        # Where a letter lies in the atlas, and so a part of a pixel of its edge, hangs on what was drawn before.
        assert_golden(np.asarray(Image.open(Path(path))), f"ui/{picture}", share=2 * SHARE)
