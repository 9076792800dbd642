from __future__ import annotations

import os
import time
from pathlib import Path

import numpy as np
import pytest
from gpu_device import shared_device

from taixu.gpu import ShaderError, ShaderLibrary


@pytest.fixture
def library(tmp_path: Path) -> ShaderLibrary:
    (tmp_path / "common").mkdir()
    (tmp_path / "common" / "a.glsl").write_text("float a() { return A; }\n")
    (tmp_path / "common" / "b.glsl").write_text('#include "common/a.glsl"\nfloat b() { return a(); }\n')
    (tmp_path / "main.comp").write_text('#include "common/b.glsl"\n#include "common/a.glsl"\nvoid main() {}\n')
    return ShaderLibrary([tmp_path])


def test_includes_come_once_and_defines_first(library: ShaderLibrary) -> None:
    source = library.flatten("main.comp", defines={"A": 2.5, "ON": True, "OFF": False, "ZERO": 0})
    lines = source.text.splitlines()
    assert lines[:4] == ["#version 430 core", "#define A 2.5", "#define ON 1", "#define ZERO 0"]
    assert source.text.count("float a()") == 1
    assert source.text.index("float a()") < source.text.index("float b()")
    assert [Path(f).name for f in source.files] == ["main.comp", "b.glsl", "a.glsl"]


def test_equal_sources_have_equal_keys(library: ShaderLibrary) -> None:
    one, two, other = (library.flatten("main.comp", defines={"A": a}) for a in (1, 1, 2))
    assert one.key == two.key != other.key


def test_missing_include_names_its_place(library: ShaderLibrary, tmp_path: Path) -> None:
    (tmp_path / "bad.comp").write_text('\n#include "common/none.glsl"\n')
    with pytest.raises(ShaderError, match=r"bad\.comp:2: no shader 'common/none.glsl'"):
        library.flatten("bad.comp")


def test_version_belongs_to_the_library(library: ShaderLibrary, tmp_path: Path) -> None:
    (tmp_path / "old.comp").write_text("\n\n#version 430\n")
    with pytest.raises(ShaderError, match=r"old\.comp:3: leave out #version"):
        library.flatten("old.comp")


def test_paths_do_not_climb_out(library: ShaderLibrary, tmp_path: Path) -> None:
    outside = tmp_path.parent / "outside.glsl"
    outside.write_text("float x;")
    assert library.find("../outside.glsl") is None


def test_plugins_add_folders(library: ShaderLibrary, tmp_path: Path) -> None:
    folder = tmp_path / "plugin"
    folder.mkdir()
    (folder / "toon.glsl").write_text("// toon\n")
    (folder / "main.comp").write_text("// does not shadow\n")
    library.add_root(folder)
    assert library.find("toon.glsl") == folder / "toon.glsl"
    assert library.find("main.comp") == tmp_path / "main.comp"


@pytest.mark.parametrize("log", ["0:3(21): error: `q' undeclared", "0(3) : error C0000: `q' undeclared",
                                 "ERROR: 0:3: `q' undeclared"])  # fmt: skip
def test_logs_of_every_driver_are_placed(library: ShaderLibrary, log: str, tmp_path: Path) -> None:
    source = library.flatten("main.comp", defines={"A": 1})
    assert source.explain(f"compiler failed\n{log}\n").startswith(f"{tmp_path / 'common' / 'a.glsl'}:1: ")


def test_compile_errors_name_file_and_line(tmp_path: Path) -> None:
    device = shared_device()
    device.shaders.add_root(tmp_path)
    (tmp_path / "broken_include.glsl").write_text("\n\nfloat f() { return nothing; }\n")
    (tmp_path / "broken.comp").write_text(
        '#include "broken_include.glsl"\nlayout(local_size_x = 1) in;\nvoid main() { f(); }'
    )
    with pytest.raises(ShaderError, match=r"broken_include\.glsl:3: .*nothing"):
        device.compute_pipeline("broken.comp")
    device.shaders.roots.remove(tmp_path)


def test_reload_keeps_the_last_good_program(tmp_path: Path) -> None:
    device = shared_device()
    device.shaders.add_root(tmp_path)
    file = tmp_path / "reloaded.comp"
    text = ("layout(local_size_x = 1) in; layout(std430, binding = 11) buffer R { uint result[]; };"
            "void main() { result[0] = %s; }")  # fmt: skip

    def write(value: str, age_secs: float) -> None:
        file.write_text(text % value)
        os.utime(file, (time.time() + age_secs, time.time() + age_secs))

    def run() -> int:
        device.bind_storage(11, out)
        device.dispatch(pipeline, 1)
        return int(out.read(np.uint32)[0])

    out = device.buffer(16)
    device.reload_shaders()  # what other tests left
    write("1u", -100)
    pipeline = device.compute_pipeline("reloaded.comp")
    assert run() == 1
    assert device.reload_shaders() == []
    write("2u", 100)
    assert device.reload_shaders() == []
    assert run() == 2
    write("nonsense", 200)
    messages = device.reload_shaders()
    assert len(messages) == 1
    assert "reloaded.comp:1" in messages[0]
    assert run() == 2
    write("3u", 300)
    assert device.reload_shaders() == []
    assert run() == 3
    device.shaders.roots.remove(tmp_path)
