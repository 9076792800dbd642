"""Small files that ask for giants: refused before the memory or the hour is gone."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from gltf_files import make_json
from waiting import ends

from taixu.assets.gltf import GltfError, read_gltf_bytes

MOST_BYTES = 600 << 20


def accessor(**change: Any) -> dict[str, Any]:
    return {"componentType": 5126, "count": 1_000_000, "type": "VEC3", **change}


def points(count: int) -> dict[str, Any]:
    return {"primitives": [{"attributes": {"POSITION": index}, "mode": 0} for index in range(count)]}


INSTANCING = "EXT_mesh_gpu_instancing"
CASES: dict[str, dict[str, Any]] = {
    "one giant accessor": {"accessors": [accessor(count=2**50)], "meshes": [points(1)]},
    "many large accessors": {"accessors": [accessor()] * 500, "meshes": [points(500)]},
    "flat normals over and over": {
        "accessors": [accessor(count=999_999)],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}}] * 5000}],
    },
    "hundreds of thousands of primitives": {
        "accessors": [accessor(count=3)],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "mode": 0}] * 150_000}],
    },
    "the same instances at each node": {
        "accessors": [accessor()],
        "nodes": [{"extensions": {INSTANCING: {"attributes": {"TRANSLATION": 0}}}}] * 1000,
        "extensionsUsed": [INSTANCING],
    },
    "keys by the million": {
        "accessors": [accessor(type="SCALAR"), accessor()],
        "nodes": [{}] * 1000,
        "animations": [
            {
                "samplers": [{"input": 0, "output": 1}],
                "channels": [{"sampler": 0, "target": {"node": n, "path": "scale"}} for n in range(1000)],
            }
        ],
    },
    "a long chain": {"nodes": [{"children": [index + 1]} for index in range(50_000)] + [{}]},
    "weights without end": {"meshes": [{"weights": [0] * 2_000_000, "primitives": []}]},
}


@pytest.mark.parametrize("name", CASES)
def test_giants_are_refused_in_time(name: str) -> None:
    data = make_json(**CASES[name])
    before = peak_bytes()
    with ends(), pytest.raises(GltfError, match="memory|may have|deeper|more than"):
        read_gltf_bytes(data, name="giant.gltf")
    assert peak_bytes() - before < MOST_BYTES


def peak_bytes() -> int:
    """The most memory that this process has had so far."""
    if sys.platform == "win32":
        return 0
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
