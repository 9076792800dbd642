from __future__ import annotations

import importlib
import os
import subprocess
import sys
from itertools import product
from pathlib import Path

import pytest
from gpu_device import shared_device

from taixu.render import Renderer
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.signature import Signature, TextureUse
from taixu.render.toon import TOON
from taixu.scene import surface_data

COMPILE = """
from itertools import product
from taixu.gpu import create_device
from taixu.render import Renderer
from taixu.render.bindings import MESH_VERTEX_LAYOUT
from taixu.render.signature import LAYERS, SLOTS, Signature, TextureUse
def textures(*slots, mapping=0):
    return tuple(TextureUse(slot, i, mapping, 8 + i % 8) for i, slot in enumerate(slots))
device = create_device()
Renderer(device)
signatures = [Signature(), Signature(LAYERS), Signature(LAYERS, textures(*SLOTS)), Signature((), textures(*SLOTS, mapping=5)),
              *(Signature((name,)) for name in LAYERS), *(Signature(LAYERS, textures(slot)) for slot in SLOTS)]
for signature, shadows in product(signatures, (False, True)):
    device.pipeline("generated/forward/standard.vert", "generated/forward/standard.frag",
                    defines={"SHADOWS": shadows, "BLENDED": shadows, **signature.defines()}, vertex_layout=MESH_VERTEX_LAYOUT)
for maps in (0, 1, 4):
    device.pipeline("generated/forward/standard.vert", "generated/forward/standard.frag", vertex_layout=MESH_VERTEX_LAYOUT,
                    defines={"LEAN": True, "LEAN_MAPS": maps, "ENCODED": True, **Signature((), textures("base_color")).defines()})
for signature in (Signature(), Signature((), textures("base_color"))):
    device.pipeline("passes/shadow.vert", "passes/shadow.frag", vertex_layout=MESH_VERTEX_LAYOUT,
                    defines={"ALPHA_MASK": True, **signature.defines()})
for fragment, defines in (("tonemap", {"CURVE": "1u"}), ("occlusion", {}), ("occlusion_smooth", {"HALF_SIZE": True}), ("sky", {}),
                          ("occlusion_smooth", {}), ("sky", {"FROM_ATLAS": True}), ("resolve", {"SAMPLES": 4}), ("fxaa", {})):
    device.pipeline("passes/fullscreen.vert", f"passes/{fragment}.frag", defines=defines)
for path in ("compute/clusters.comp", "compute/prefilter.comp"):
    device.compute_pipeline(path)
print("compiled")
"""


def test_every_variant_compiles_in_a_process_of_its_own() -> None:
    """Compilers of software rasterisers have crashed on lawful shaders: that must fail a test, not end them all."""
    shared_device()
    done = subprocess.run([sys.executable, "-c", COMPILE], capture_output=True, text=True, timeout=300, env={**os.environ})
    assert done.returncode == 0, done.stderr[-2000:]
    assert "compiled" in done.stdout


def test_generated_blocks_lie_as_numpy_says() -> None:
    """Offsets of a material row, asked of the GPU."""
    import numpy as np

    from taixu.render.material_rows import MATERIAL_ROW, materials_glsl

    device = shared_device()
    device.shaders.add_source("generated/materials.glsl", materials_glsl(device))
    rows = MATERIAL_ROW.zeros(3)
    scalars = ("metallic", "roughness", "normal_scale", "occlusion_strength", "alpha_cutoff", "ior", "specular", "transmission")
    for row, (i, name) in product(range(3), enumerate(scalars)):
        rows[name][row] = 100 * row + i
    rows["mappings"][:] = np.arange(rows["mappings"].size).reshape(rows["mappings"].shape)
    device.shaders.add_source(
        "test/rows.comp",
        '#include "generated/materials.glsl"\nlayout(local_size_x = 1) in;\n'
        "layout(std430, binding = 0) writeonly buffer Results { float results[]; };\nvoid main() {\n"
        "uint r = gl_GlobalInvocationID.x;\nuint o = r * 16u;\n"
        + "".join(f"results[o + {i}u] = materials[r].{name};\n" for i, name in enumerate(scalars))
        + "results[o + 8u] = materials[r].mappings[0].x;\nresults[o + 9u] = materials[r].mappings[13].w;\n}\n",
    )
    results = device.buffer(3 * 64)
    device.bind_storage(6, device.buffer(rows))
    device.bind_storage(0, results)
    device.dispatch(device.compute_pipeline("test/rows.comp"), 3)
    found = results.read(np.float32).reshape(3, 16)
    for row in range(3):
        assert found[row, :8] == pytest.approx([100 * row + i for i in range(8)])
        assert found[row, 8] == rows["mappings"][row, 0, 0]
        assert found[row, 9] == rows["mappings"][row, 13, 3]


def test_the_guide_s_own_surface_compiles(repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = (repository / "docs" / "guide" / "light-and-materials.md").read_text()
    (tmp_path / "striped.glsl").write_text(page.split("```glsl\n")[1].split("```")[0])
    written = next(block for block in page.split("```python\n")[1:] if "class Striped" in block)
    (tmp_path / "guide_striped.py").write_text(written.split("```")[0])
    monkeypatch.syspath_prepend(str(tmp_path))
    device = shared_device()
    table = Renderer(device).materials
    number = table.add(surface_data(importlib.import_module("guide_striped").Striped()))
    key = table.draw_keys[table.keys[number]]
    pipeline = device.pipeline(
        "generated/forward/striped.vert",
        "generated/forward/striped.frag",
        defines=key.signature.defines(),
        vertex_layout=MESH_VERTEX_LAYOUT,
    )
    assert str(tmp_path / "striped.glsl") in pipeline.sources[1].files


def test_mtoon_compiles_with_all_that_it_has() -> None:
    device = shared_device()
    Renderer(device)
    TOON.register(device)
    textures = tuple(TextureUse(slot, i, 2 + i % 3, 8 + i % 8) for i, slot in enumerate(TOON.textures))
    for outline, shadows, signature in product((False, True), (False, True), (Signature(), Signature((), textures))):
        device.pipeline(
            "generated/forward/toon.vert",
            "generated/forward/toon.frag",
            defines={"OUTLINE": outline, "SHADOWS": shadows, **signature.defines()},
            vertex_layout=MESH_VERTEX_LAYOUT,
        )
    holes = {"NORMAL_AT": 0, "VELOCITY_AT": 1, "ID_AT": 2, **Signature((), textures).defines()}
    device.pipeline("generated/forward/toon.vert", "generated/holes/toon.frag", defines=holes, vertex_layout=MESH_VERTEX_LAYOUT)
