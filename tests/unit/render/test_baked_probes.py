"""Files of baked light: they come back as they were, and what is none is said in one sentence."""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gpu_device import shared_device
from hypothesis import given
from hypothesis import strategies as st
from render_world import SmallWorld

from taixu.errors import TaixuError
from taixu.render import Renderer, ViewCamera, render_still
from taixu.render.indirect import BakedProbes, decode_probes, encode_probes
from taixu.render.indirect.baked import MAGIC
from taixu.render.indirect.lattice import Lattice
from taixu.scene import LightProbes

LIGHT = np.random.default_rng(1).uniform(0, 100, (48, 96, 4)).astype(np.float16)
SOME = BakedProbes(Lattice(0.5, (-3, 0, 7), (2, 3, 2)), LIGHT, {"rays": 64})
HEADER: dict[str, Any] = {"spacing_m": 0.5, "first": [0, 0, 0], "counts": [2, 2, 2], "columns": 3}


def file_of(header: Any, light: bytes = b"") -> bytes:
    text = json.dumps(header).encode()
    return MAGIC + len(text).to_bytes(4, "little") + text + zlib.compress(light)


def test_light_comes_back_as_it_was() -> None:
    again = decode_probes(encode_probes(SOME))
    assert (again.lattice, again.made_by) == (SOME.lattice, SOME.made_by)
    np.testing.assert_array_equal(again.atlas, SOME.atlas)


@pytest.mark.parametrize("data", [
    b"", b"PK\x03\x04", MAGIC, MAGIC + b"\xff\xff\xff\xff", MAGIC + b"\x02\0\0\0[]", encode_probes(SOME)[:-20],
    file_of(HEADER, b"\0" * 10), file_of(HEADER, b"\0" * (1 << 24)), file_of(HEADER | {"spacing_m": float("nan")}),
    file_of(HEADER | {"counts": [10**9, 10**9, 10**9]}), file_of(HEADER | {"counts": [0, 2, 2]}),
    file_of(HEADER | {"columns": 0}), file_of(HEADER | {"first": [10**12, 0, 0]}), file_of(HEADER | {"first": None}),
    file_of("[" * 30_000),
])  # fmt: skip
def test_what_is_no_such_file_is_said(data: bytes) -> None:
    with pytest.raises(TaixuError, match=r"^sun\.probes is no file of baked light: .*; bake it again"):
        decode_probes(data, name="sun.probes")


@given(st.binary(max_size=40), st.integers(0, 200))
def test_damage_is_found_or_does_no_harm(noise: bytes, at: int) -> None:
    good = encode_probes(SOME)
    try:
        found = decode_probes(good[:at] + noise + good[at + len(noise) :])
    except TaixuError:
        return
    assert np.isfinite(found.atlas).all()


def test_baked_light_is_shown_without_rays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    renderer, scene = Renderer(shared_device()), SmallWorld()
    floor = scene.material(base_color=(0.7, 0.2, 0.1, 1.0), metallic=0.0, roughness=1.0)
    scene.spawn(1, scene.mesh("box", (3, 0.2, 3), material=floor))
    scene.spawn(1, scene.mesh("box", (0.2, 2, 3), material=floor), translation=(1, 1, 0))
    probes = int(scene.world.spawn(LightProbes(most_probes=40, rays=16)))
    scene.propagate()
    camera = ViewCamera.looking((-3, 2, 4), (0, 0.5, 0))

    def picture() -> np.ndarray:
        return render_still(renderer, scene.world, camera, size=(24, 16), samples=1).pixels

    live = picture()
    field = renderer.feature("indirect").field_of(scene.world)  # type: ignore[attr-defined]
    file = tmp_path / "room.probes"
    file.write_bytes(encode_probes(field.baked()))
    scene.world.set(probes, LightProbes, baked=str(file))
    np.testing.assert_array_equal(picture(), live)
    assert field.updates == 0, "the light is that of the file"
    scene.world.set(probes, LightProbes, baked=str(tmp_path / "missing.probes"))
    np.testing.assert_array_equal(picture(), live)
    assert "probes look around themselves" in caplog.text
    assert field.updates > 0
    renderer.release()
