"""Every model of the content is read, and what is read agrees with what the files and the Khronos validator say."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from models_equal import assert_models_equal

from taixu.assets.gltf import check_gltf, read_gltf, write_gltf
from taixu.assets.gltf.container import open_container
from taixu.assets.gltf.findings import Report
from taixu.assets.gltf.limits import Limits
from taixu.assets.model import ModelData, Primitive


def validator_rows(content: Path) -> list[dict[str, str]]:
    """The validator's verdict on each file: one row a model."""
    table = content / "validator.tsv"
    if not table.is_file():
        pytest.skip(f"no validator.tsv in {content}")
    with table.open() as file:
        return list(csv.DictReader(file, delimiter="\t"))


def json_of(path: Path) -> dict[str, Any]:
    return open_container(path.read_bytes(), limits=Limits(), report=Report()).root


def test_counts_agree_with_the_validator(content: Path) -> None:
    rows = validator_rows(content)
    assert len(rows) > 100
    for row in rows:
        model = read_gltf(content / row["path"])
        where = row["path"]
        parts = [part for mesh in model.meshes for part in mesh.primitives]
        assert sum(len(part.triangles()) for part in parts) == drawn_triangles(model, json_of(content / where)), where
        assert len(model.materials) == int(row["materials"]), where
        assert len(model.animations) == int(row["animations"]), where
        assert len(model.extensions_used) == len([name for name in row["extensionsUsed"].split(",") if name]), where
        assert all(np.isfinite(values).all() for part in parts for values in part.attributes.values()), where
        assert all(part.indices is None or part.indices.max() < part.vertex_count for part in parts), where


def drawn_triangles(model: ModelData, root: dict[str, Any]) -> int:
    """Count triangles from the accessors' counts alone."""
    total = 0
    for mesh in root.get("meshes", []):
        for part in mesh["primitives"]:
            mode = part.get("mode", 4)
            index = part.get("indices", part["attributes"].get("POSITION"))
            count = root["accessors"][index]["count"]
            total += {4: count // 3, 5: count - 2, 6: count - 2}.get(mode, 0)
    return total


def test_bounds_agree_with_the_files(content: Path) -> None:
    compared = 0
    for row in validator_rows(content):
        root = json_of(content / row["path"])
        model = read_gltf(content / row["path"])
        for mesh, described in zip(model.meshes, root.get("meshes", []), strict=True):
            for part, named in zip(mesh.primitives, described["primitives"], strict=True):
                accessor = root["accessors"][named["attributes"]["POSITION"]]
                if accessor.get("normalized") or not uses_every_vertex(part):
                    continue
                found = part.bounds()
                tolerance = 1e-3 if "KHR_draco_mesh_compression" in named.get("extensions", {}) else 1e-6
                size = np.abs(accessor["max"]).max() + 1
                np.testing.assert_allclose(found[0], accessor["min"], atol=tolerance * size, err_msg=row["path"])
                np.testing.assert_allclose(found[1], accessor["max"], atol=tolerance * size, err_msg=row["path"])
                compared += 1
    assert compared > 300


def uses_every_vertex(part: Primitive) -> bool:
    """Flat normals leave out vertices that no triangle uses."""
    return not part.flat_normals


def test_draco_equals_the_uncompressed_twin(content: Path) -> None:
    pytest.importorskip("DracoPy", reason="DracoPy is not installed")
    folder = content / "gltf" / "CesiumMilkTruck"
    packed = read_gltf(folder / "glTF-Draco" / "CesiumMilkTruck.gltf")
    plain = read_gltf(folder / "glTF-Binary" / "CesiumMilkTruck.glb")
    assert len(packed.meshes) == len(plain.meshes)
    for one, two in zip(packed.meshes, plain.meshes, strict=True):
        for first, second in zip(one.primitives, two.primitives, strict=True):
            assert first.attributes.keys() == second.attributes.keys()
            for name in ("POSITION", "NORMAL", "TEXCOORD_0"):
                # Draco orders vertices and triangles anew: compare the triangles' mean values as a set.
                means = [
                    np.sort(part.attributes[name][part.triangles()].mean(axis=1).astype(np.float64), axis=0)
                    for part in (first, second)
                ]
                np.testing.assert_allclose(means[0], means[1], atol=8e-3, err_msg=name)


def scale_of_mesh(model: ModelData) -> np.ndarray:
    """The scale from the first mesh to the world."""
    scale = np.ones(3)
    index: int | None = next(index for index, node in enumerate(model.nodes) if node.mesh == 0)
    while index is not None:
        scale *= model.nodes[index].scale
        index = model.nodes[index].parent
    return scale


def test_quantised_equals_the_plain_twin(content: Path) -> None:
    folder = content / "gltf" / "AnimatedMorphCube"
    packed = read_gltf(folder / "glTF-Quantized" / "AnimatedMorphCube.gltf")
    plain = read_gltf(folder / "glTF-Binary" / "AnimatedMorphCube.glb")
    first, second = packed.meshes[0].primitives[0], plain.meshes[0].primitives[0]
    sizes = [np.ptp(part.bounds(), axis=0) * scale_of_mesh(model) for part, model in ((first, packed), (second, plain))]
    np.testing.assert_allclose(sizes[0], sizes[1], rtol=1e-2)
    assert len(first.targets) == len(second.targets) == 2
    assert packed.animations[0].duration_secs == pytest.approx(plain.animations[0].duration_secs, rel=1e-3)


def test_meshopt_decodes_within_its_declared_bounds(content: Path) -> None:
    file = content / "gltf" / "JapaneseBridgeGarden" / "scene.glb"
    assert [finding for finding in check_gltf(file) if finding.severity == "error"] == []
    model = read_gltf(file)
    assert sum(part.vertex_count for mesh in model.meshes for part in mesh.primitives) == 41_980
    normals = np.concatenate([part.attributes["NORMAL"] for mesh in model.meshes for part in mesh.primitives])
    np.testing.assert_allclose(np.linalg.norm(normals, axis=1), 1, atol=1e-3)


def test_checking_agrees_with_the_validator(content: Path) -> None:
    for row in validator_rows(content):
        errors = [finding for finding in check_gltf(content / row["path"]) if finding.severity == "error"]
        assert bool(errors) == (int(row["errors"]) > 0), (row["path"], errors)


def test_written_models_are_valid_and_equal(content: Path, tmp_path: Path, gltf_validator) -> None:
    rows = [row for row in validator_rows(content) if row["path"].startswith(("gltf/", "vrm/"))]
    kits = [row for row in validator_rows(content) if row["path"].startswith(("kits/", "tiles3d/"))]
    for row in rows + kits[::8]:
        model = read_gltf(content / row["path"])
        file = tmp_path / "written.glb"
        write_gltf(model, file)
        report = gltf_validator(file)
        errors = {issue["code"] for issue in report["issues"]["messages"] if issue["severity"] == 0}
        assert errors == set(), row["path"]
        again = read_gltf(file)
        if int(row["errors"]) == 0:  # the others lack tangents, which are added
            assert_models_equal(model, again)


def test_text_files_are_valid_too(content: Path, tmp_path: Path, gltf_validator) -> None:
    for name in ("Fox/glTF-Binary/Fox.glb", "AnimatedMorphCube/glTF-Binary/AnimatedMorphCube.glb"):
        model = read_gltf(content / "gltf" / name)
        write_gltf(model, tmp_path / "model.gltf")
        assert gltf_validator(tmp_path / "model.gltf")["issues"]["numErrors"] == 0
        assert json.loads((tmp_path / "model.gltf").read_text())["buffers"][0]["uri"] == "model.bin"
