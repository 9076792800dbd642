"""Models on disk: everything comes back, damage is noticed, an edit makes it read again."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from taixu.assets import loading, model_cache
from taixu.assets.gltf import read_gltf
from taixu.assets.loading import load_asset
from taixu.assets.model import Filter, Mode, ModelData, Sampler
from taixu.assets.model_cache import decode_model, encode_model

OFF = "OFF\n3 1 0\n0 0 0\n1 0 0\n0 {height} 0\n3 0 1 2\n"
IMPORTER = "taixu.assets.trimesh_reader:read_trimesh"


def same(one: Any, other: Any) -> bool:
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other)
    if isinstance(one, (list, tuple)):
        return type(one) is type(other) and len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, (bytes, memoryview)):
        return bytes(one) == bytes(other)
    if dataclasses.is_dataclass(one):
        return type(one) is type(other) and all(
            same(getattr(one, field.name), getattr(other, field.name)) for field in dataclasses.fields(one)
        )
    return bool(type(one) is type(other) and one == other)


def test_every_model_of_the_content_comes_back(content: Path) -> None:
    files = sorted((content / "gltf").rglob("*.glb"))[:25] + sorted((content / "gltf").rglob("*.gltf"))[:15]
    assert files
    for file in files:
        model = read_gltf(file)
        assert same(decode_model(encode_model(model)), model), file


def test_enums_and_tuples() -> None:
    value = [Sampler(mag_filter=Filter.LINEAR), Mode.POINTS, (1, 2.5, float("inf")), {1: "a"}, Path("x"), b"ab", None]
    assert same(decode_model(encode_model(value)), value)
    with pytest.raises(TypeError):
        encode_model(object())
    with pytest.raises((ValueError, KeyError)):
        decode_model(encode_model([Mode.POINTS]).replace(b'"Mode"', b'"Path"'))


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Path]:
    """Everything is worth keeping, in an own folder; the list tells what was read rather than fetched."""
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(loading, "_WORTH_KEEPING_SECS", -1.0)
    found: list[Path] = []
    original = loading.find_function

    def find(name: str) -> Any:
        function = original(name)

        def read(path: Path, *, root: Path) -> ModelData:
            found.append(path)
            return function(path, root=root)

        return read

    monkeypatch.setattr(loading, "find_function", find)
    return found


def test_a_second_reading_comes_from_the_cache(tmp_path: Path, reads: list[Path]) -> None:
    file = tmp_path / "a.off"
    file.write_text(OFF.format(height=2))
    first = load_asset(file, IMPORTER, root=tmp_path)
    second = load_asset(file, IMPORTER, root=tmp_path)
    assert len(reads) == 1
    assert same(second, first)
    file.write_text(OFF.format(height=3))
    third = load_asset(file, IMPORTER, root=tmp_path)
    assert len(reads) == 2
    assert third.data.meshes[0].primitives[0].bounds()[1, 1] == 3


def test_a_changed_dependency_reads_again(tmp_path: Path, reads: list[Path]) -> None:
    (tmp_path / "a.obj").write_text("mtllib a.mtl\nv 0 0 0\nv 1 0 0\nv 0 1 0\nusemtl m\nf 1 2 3\n")
    for color in ("1 0 0", "0 1 0.0"):
        (tmp_path / "a.mtl").write_text(f"newmtl m\nKd {color}\n")
        model = load_asset(tmp_path / "a.obj", IMPORTER, root=tmp_path).data
        assert model.materials[0].base_color[:3] == pytest.approx([float(word) for word in color.split()])
    assert len(reads) == 2


def test_a_damaged_cache_is_read_over(tmp_path: Path, reads: list[Path]) -> None:
    file = tmp_path / "a.off"
    file.write_text(OFF.format(height=2))
    wanted = load_asset(file, IMPORTER, root=tmp_path)
    (kept,) = (tmp_path / "cache" / "models").iterdir()
    for damage in (b"", kept.read_bytes()[:40], b"TXM1" + b"\xff" * 40):
        kept.write_bytes(damage)
        assert same(load_asset(file, IMPORTER, root=tmp_path), wanted)
    assert len(reads) == 4


def test_the_oldest_go_first(tmp_path: Path, reads: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model_cache, "_MOST_BYTES", 5000)
    for number in range(6):
        file = tmp_path / f"{number}.off"
        file.write_text(OFF.format(height=number + 1))
        load_asset(file, IMPORTER, root=tmp_path)
        files = sorted((tmp_path / "cache" / "models").iterdir(), key=lambda one: -one.stat().st_mtime)
        for age, kept in enumerate(files):
            os.utime(kept, (1e9 - age, 1e9 - age))
    kept = list((tmp_path / "cache" / "models").iterdir())
    assert 1 <= len(kept) < 6
    assert sum(file.stat().st_size for file in kept) <= 5000
    load_asset(tmp_path / "5.off", IMPORTER, root=tmp_path)
    assert len(reads) == 6
