"""The asset database: background loading, edits, moved files, plugins' formats."""

from __future__ import annotations

import base64
import json
import logging
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from taixu.app.jobs import Jobs
from taixu.assets import AssetDatabase, ModelData
from taixu.assets.content_hash import content_hash
from taixu.assets.image import write_image
from taixu.assets.sidecar import Sidecar, write_sidecar
from taixu.errors import TaixuError

OFF = "OFF\n3 1 0\n0 0 0\n1 0 0\n0 {height} 0\n3 0 1 2\n"


def write_gltf(folder: Path) -> None:
    triangle = np.array(((0, 0, 0), (1, 0, 0), (0, 1, 0)), "<f4")
    (folder / "a.bin").write_bytes(triangle.tobytes())
    document = {
        "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}], "nodes": [{"mesh": 0}],
        "meshes": [{"primitives": [{"attributes": {"POSITION": 0}, "material": 0}]}],
        "materials": [{"pbrMetallicRoughness": {"baseColorTexture": {"index": 0}}}],
        "textures": [{"source": 0}], "images": [{"uri": "wood.png"}],
        "accessors": [{"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
                       "min": [0, 0, 0], "max": [1, 1, 0]}],
        "bufferViews": [{"buffer": 0, "byteLength": 36}],
        "buffers": [{"uri": "a.bin", "byteLength": 36},
                    {"uri": "data:,x" + base64.b64encode(b"").decode(), "byteLength": 1}],
    }
    (folder / "a.gltf").write_text(json.dumps(document))
    write_image(folder / "wood.png", np.full((2, 2, 3), 90, np.uint8))


@pytest.fixture
def jobs() -> Iterator[Jobs]:
    with Jobs(workers=1) as service:
        yield service


def until(database: AssetDatabase, jobs: Jobs, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120.0
    while not condition():
        assert time.monotonic() < deadline
        database.poll()
        jobs.poll()
        time.sleep(0.02)


def height(database: AssetDatabase, handle: object) -> float:
    return float(database.get(handle).meshes[0].primitives[0].bounds()[1, 1])  # type: ignore[arg-type]


def test_loads_in_the_background_with_a_placeholder(tmp_path: Path, jobs: Jobs) -> None:
    (tmp_path / "a.off").write_text(OFF.format(height=2))
    database = AssetDatabase(tmp_path, jobs=jobs)
    handle = database.load("a.off")
    assert database.load("a.off") == handle
    assert database.state(handle) == "loading"
    assert database.get(handle).meshes == []
    assert database.model("a.off") is None
    assert database.changes(since=0) == []
    assert database.wait(timeout_secs=120)
    assert database.state(handle) == "ready"
    assert height(database, handle) == 2
    assert database.changes(since=0) == [handle]
    assert database.changes(since=database.tick) == []
    model, revision = database.model("a.off") or (None, 0)
    assert (model, revision) == (database.get(handle), 1)
    assert database.content_hash(handle) == content_hash(tmp_path / "a.off")


def test_reads_at_once_without_jobs(tmp_path: Path) -> None:
    write_gltf(tmp_path)
    write_image(tmp_path / "sky.hdr", np.ones((4, 8, 3), np.float32))
    database = AssetDatabase(tmp_path)
    model = database.load("a.gltf")
    assert database.state(model) == "ready"
    names = {path.name for path in database.dependencies(model)}
    assert names == {"a.gltf", "a.gltf.asset.toml", "a.bin", "wood.png"}
    assert database.get(database.load("sky.hdr", "image")).shape == (4, 8, 3)
    assert database.get(database.load("wood.png", "image")).dtype == np.uint8
    assert database.wait()


def test_what_fails_is_a_sentence(tmp_path: Path, jobs: Jobs) -> None:
    (tmp_path / "bad.off").write_text("OFF\n9 9 9\n" + "0 0 0\n" * 9)
    (tmp_path / "a.what").write_text("")
    for database in (AssetDatabase(tmp_path), AssetDatabase(tmp_path, jobs=jobs)):
        handles = [database.load(name) for name in ("bad.off", "none.glb", "../x.glb", "/etc/passwd", "a.what")]
        assert database.wait(timeout_secs=120)
        for handle in handles:
            assert database.state(handle) == "failed"
            assert isinstance(database.error(handle), TaixuError)
            assert database.get(handle).meshes == []
        with pytest.raises(TaixuError, match="no such file"):
            database.model("none.glb")
        assert len(database.changes(since=0)) == 5


def test_edits_are_picked_up_and_a_broken_one_is_not(
    tmp_path: Path, jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    file = tmp_path / "a.off"
    file.write_text(OFF.format(height=2))
    database = AssetDatabase(tmp_path, jobs=jobs, watch=True)
    handle = database.load("a.off")
    missing = database.load("later.off")
    until(database, jobs, lambda: database.state(handle) == "ready")
    tick = database.tick
    file.write_text(OFF.format(height=30))
    until(database, jobs, lambda: database.revision(handle) == 2)
    assert height(database, handle) == 30
    assert database.changes(since=tick) == [handle]
    with caplog.at_level(logging.WARNING):
        file.write_text("OFF\nnonsense, and a lot of it")
        until(database, jobs, lambda: database.error(handle) is not None)
        for _ in range(40):  # it is said once
            database.poll()
            jobs.poll()
            time.sleep(0.02)
    assert sum("last good version" in record.message for record in caplog.records) == 1
    assert (database.state(handle), height(database, handle)) == ("ready", 30)
    file.write_text(OFF.format(height=400))
    (tmp_path / "later.off").write_text(OFF.format(height=1))
    until(database, jobs, lambda: database.revision(handle) == 3 and database.state(missing) == "ready")
    assert database.error(handle) is None


def test_an_edited_dependency_reloads(tmp_path: Path, jobs: Jobs) -> None:
    write_gltf(tmp_path)
    database = AssetDatabase(tmp_path, jobs=jobs, watch=True)
    handle = database.load("a.gltf")
    until(database, jobs, lambda: database.revision(handle) == 1)
    triangle = np.array(((0, 0, 0), (1, 0, 0), (0, 5, 0)), "<f4")
    (tmp_path / "a.bin").write_bytes(triangle.tobytes())
    os.utime(tmp_path / "a.bin", ns=(1, 1))
    until(database, jobs, lambda: database.revision(handle) == 2)
    assert height(database, handle) == 5


def test_a_moved_file_is_found_by_its_content(tmp_path: Path) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    file = tmp_path / "deep" / "er" / "b.off"
    file.write_text(OFF.format(height=3))
    (tmp_path / "deep" / "a.off").write_text(OFF.format(height=4))
    database = AssetDatabase(tmp_path)
    digest = content_hash(file)
    assert database.resolve("a.off", digest) == file
    assert height(database, database.load("a.off", content_hash=digest)) == 3
    with pytest.raises(TaixuError, match="no such file"):
        database.resolve("a.off", "0" * 32)
    with pytest.raises(TaixuError, match="leads out"):
        database.resolve("../a.off", digest)


def test_release_kills_the_handle(tmp_path: Path) -> None:
    (tmp_path / "a.off").write_text(OFF.format(height=2))
    database = AssetDatabase(tmp_path)
    first = database.load("a.off")
    database.release(first)
    with pytest.raises(TaixuError, match="released"):
        database.get(first)
    second = database.load("a.off")
    assert (second.index, second.generation) == (first.index, first.generation + 1)
    database.release(first)
    assert database.state(second) == "ready"


def _scaled(path: Path, *, scale: float = 1.0) -> ModelData:
    return ModelData(name=f"{path.stem} {scale}")


def test_plugins_formats_and_settings(tmp_path: Path, jobs: Jobs) -> None:
    (tmp_path / "a.mine").write_text("x")
    database = AssetDatabase(tmp_path)
    database.register_importer(".mine", _scaled, isolated=False)
    write_sidecar(tmp_path / "a.mine", Sidecar(settings={"scale": 2.5}))
    assert database.get(database.load("a.mine")).name == "a 2.5"
    for sidecar in (Sidecar(settings={"evil": 1}), Sidecar(settings={"root": "/"}), Sidecar(importer="os:system")):
        write_sidecar(tmp_path / "a.mine", sidecar)
        again = AssetDatabase(tmp_path, importers=database.importers)
        assert "sidecar" in str(again.error(again.load("a.mine")))
    threaded = AssetDatabase(tmp_path, jobs=jobs)
    threaded.register_importer(".text", lambda path: path.read_text(), kind="text")
    (tmp_path / "b.text").write_text("hello")
    handle = threaded.load("b.text", "text")
    assert threaded.get(handle) is None
    threaded.wait(timeout_secs=120)
    assert threaded.get(handle) == "hello"
