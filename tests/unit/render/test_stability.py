"""The figures of temporal stability: what they say of pictures that are known."""

from __future__ import annotations

import json

import numpy as np
import pytest

from taixu.bench import stability
from taixu.bench.measure import Options
from taixu.bench.stability import _psnr, _spread


def test_figures_of_known_pictures() -> None:
    still, blinks = np.zeros((4, 8, 8)), np.zeros((4, 8, 8))
    blinks[::2, 0, 0] = 255.0
    assert _spread("flicker", np.diff(still, axis=0)) == {"flicker": 0.0, "flicker_p99": 0.0}
    found = _spread("flicker", np.diff(blinks, axis=0))
    assert found["flicker"] == pytest.approx(255 / 64)
    assert found["flicker_p99"] == 255.0
    assert _psnr(still, still) == float("inf")
    assert _psnr(still, still + 2.55) == pytest.approx(40.0)


def test_all_kinds_are_measured_in_one_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stability, "MODES", {name: stability.MODES[name] for name in ("none", "temporal")})
    for name, count in (("_WARM", 10), ("_REFERENCE_SAMPLES", 6), ("_SEQUENCE_SAMPLES", 3)):
        monkeypatch.setattr(stability, name, count)
    plain, temporal = stability.measure(Options(n=1, frames=3, size=(96, 54)))
    json.dumps([plain, temporal], allow_nan=False)
    assert plain["flicker"] == 0.0 and plain["ratio"] == 1.0 and plain["shimmer"] > 0.0 and plain["ghost"] > 0.0
    assert temporal["psnr_db"] > plain["psnr_db"] + 3 and temporal["creeping_db"] > plain["creeping_db"] + 3
    assert 0.0 < temporal["flicker"] < 2.0
    assert temporal["ratio"] == pytest.approx(10 ** ((temporal["creeping_db"] - plain["creeping_db"]) / 20), abs=0.01)
    assert stability.table([plain, temporal]).count("\n") == 2
