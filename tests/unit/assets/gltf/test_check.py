from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gltf_files import FileBuilder, make_json

from taixu.assets.gltf import Finding, GltfError, check_gltf

POINTS = np.arange(12, dtype=np.float32).reshape(4, 3)
BOUNDS = {"min": [0, 1, 2], "max": [9, 10, 11]}


def check(data: bytes, folder: Path) -> list[Finding]:
    file = folder / "model.glb"
    file.write_bytes(data)
    return check_gltf(file)


def errors(data: bytes, folder: Path) -> dict[str, str]:
    return {finding.where: finding.message for finding in check(data, folder) if finding.severity == "error"}


def mesh(**attributes: int) -> dict[str, Any]:
    return {"primitives": [{"attributes": attributes, "mode": 0}]}


def test_a_good_file_has_no_findings(tmp_path: Path) -> None:
    builder = FileBuilder()
    data = builder.glb(meshes=[mesh(POSITION=builder.accessor(POINTS, **BOUNDS))], nodes=[{"mesh": 0}], scenes=[{"nodes": [0]}])
    assert check(data, tmp_path) == []


def test_errors_come_first_and_nothing_twice(tmp_path: Path) -> None:
    builder = FileBuilder()
    builder.accessor(POINTS, min=[0, 1, 3], max=[9, 10, 11])
    data = builder.glb(meshes=[mesh(POSITION=0)], materials=[{"alphaMode": "X"}], scenes=[{"nodes": []}])
    findings = check(data, tmp_path)
    severities = [finding.severity for finding in findings]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert len(set(findings)) == len(findings)
    places = [finding.where for finding in findings]
    assert {"/accessors/0/min", "/materials/0/alphaMode", "/scenes/0/nodes", "/materials/0", "/meshes/0"} <= set(places)


def test_accessors_are_checked_even_when_nothing_uses_them(tmp_path: Path) -> None:
    builder = FileBuilder()
    builder.accessor(POINTS, count=5)
    builder.accessor(POINTS, byteOffset=2, count=3)
    builder.accessor(np.full(3, np.nan, np.float32), max=[1])
    builder.root["bufferViews"].append({"buffer": 0, "byteOffset": 10**6, "byteLength": 4})
    builder.root["bufferViews"].append({"buffer": 0, "byteLength": 8, "byteStride": 3})
    found = errors(builder.glb(), tmp_path)
    assert "ends at byte 60" in found["/accessors/0"]
    assert "multiple of 4" in found["/accessors/1"]
    assert "not finite" in found["/accessors/2"]
    assert "/bufferViews/3" in found
    assert "/bufferViews/4/byteStride" in found


@pytest.mark.parametrize(
    ("lists", "where"),
    [
        ({"nodes": [{"rotation": [0, 0, 0, 2]}]}, "/nodes/0/rotation"),
        ({"nodes": [{"children": [0]}]}, "/nodes"),
        ({"nodes": [{"mesh": 3}]}, "/nodes/0/mesh"),
        ({"nodes": [{"skin": 0}], "skins": [{"joints": [0]}]}, "/nodes/0"),
        ({"nodes": []}, "/nodes"),
        ({"nodes": [{"extensions": {"KHR_new": {}}}]}, "/nodes/0/extensions/KHR_new"),
        ({"nodes": [{"matrix": [1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}]}, "/nodes/0/matrix"),
        ({"nodes": [{"children": [1]}, {}], "scenes": [{"nodes": [1]}]}, "/scenes/0/nodes"),
        ({"textures": [{"sampler": 0}]}, "/textures/0/sampler"),
        ({"samplers": [{"wrapS": 1}]}, "/samplers/0/wrapS"),
        ({"materials": [{"emissiveFactor": [1, 2, 3]}]}, "/materials/0/emissiveFactor"),
        ({"cameras": [{"type": "perspective", "perspective": {"yfov": 1, "znear": 2, "zfar": 1}}]},
         "/cameras/0/perspective/zfar"),
        ({"images": [{"uri": "gone.png"}]}, "/images/0"),
        ({"images": [{"uri": "http://example.org/a.png"}]}, "/images/0/uri"),
        ({"extensionsRequired": ["KHR_new"]}, "/extensionsRequired"),
        ({"asset": {"version": "1.0"}}, "/asset/version"),
        ({"buffers": [{"byteLength": 4, "uri": "data:;base64,AAA="}]}, "/buffers/0"),
        ({"buffers": [{"byteLength": 0}]}, "/buffers/0/byteLength"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_placed(tmp_path: Path, lists: dict[str, Any], where: str) -> None:
    assert where in errors(make_json(**lists), tmp_path)


def test_positions_need_bounds_and_quantisation_its_extension(tmp_path: Path) -> None:
    builder = FileBuilder()
    builder.accessor(POINTS)
    builder.accessor(np.zeros((4, 4), np.int8), normalized=True)
    found = errors(builder.glb(meshes=[mesh(POSITION=0, TANGENT=1)], nodes=[{"mesh": 0}]), tmp_path)
    assert "min and max" in found["/meshes/0/primitives/0/attributes/POSITION"]
    assert "KHR_mesh_quantization" in found["/meshes/0/primitives/0/attributes/TANGENT"]


def test_materials_need_their_coordinates(tmp_path: Path) -> None:
    builder = FileBuilder()
    position = builder.accessor(POINTS, **BOUNDS)
    part = {"attributes": {"POSITION": position}, "mode": 0, "material": 0}
    data = builder.glb(
        meshes=[{"primitives": [part]}],
        materials=[{"normalTexture": {"index": 0}}, {"extensions": {"KHR_materials_anisotropy": {}}}],
        textures=[{"source": 0}],
        images=[{"uri": "data:image/png;base64,iVBORw0KGgo="}],
        extensionsUsed=["KHR_materials_anisotropy"],
    )
    assert "TEXCOORD_0" in errors(data, tmp_path)["/meshes/0/primitives/0"]


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(GltfError, match="no such file"):
        check_gltf(tmp_path / "none.glb")


def test_what_is_no_gltf_is_one_finding(tmp_path: Path) -> None:
    findings = check(b"nothing", tmp_path)
    assert [(finding.severity, finding.where) for finding in findings] == [("error", "")]


def test_a_thousand_findings_are_enough(tmp_path: Path) -> None:
    data = make_json(materials=[{"alphaMode": "X"}] * 5000)
    assert len(check(data, tmp_path)) <= 1000
