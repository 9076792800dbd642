"""Models that nobody here made look as they did (and as they should: each golden was looked at)."""

from __future__ import annotations

from pathlib import Path

import pytest
from gpu_device import shared_device

import taixu as tx
from golden import assert_golden
from taixu.cli.staging import open_thing

MODELS = (
    "gltf/AlphaBlendModeTest/glTF-Binary/AlphaBlendModeTest.glb",
    "gltf/AnisotropyBarnLamp/glTF-KTX2-Basisu/AnisotropyBarnLamp.gltf",
    "gltf/BoxInterleaved/glTF-Binary/BoxInterleaved.glb",
    "gltf/CesiumMilkTruck/glTF-Draco/CesiumMilkTruck.gltf",
    "gltf/EmissiveStrengthTest/glTF-Binary/EmissiveStrengthTest.glb",
    "gltf/Fox/glTF-Binary/Fox.glb",
    "gltf/GlassVaseFlowers/glTF-Binary/GlassVaseFlowers.glb",
    "gltf/JapaneseBridgeGarden/scene.glb",
    "gltf/KayKitKnight/Knight.glb",
    "gltf/LightsPunctualLamp/glTF/LightsPunctualLamp.gltf",
    "gltf/LowPolyLandscape/low-poly.gltf",
    "gltf/MeshPrimitiveModes/glTF/MeshPrimitiveModes.gltf",
    "gltf/MorphPrimitivesTest/glTF-Binary/MorphPrimitivesTest.glb",
    "gltf/NegativeScaleTest/glTF-Binary/NegativeScaleTest.glb",
    "gltf/NormalTangentTest/glTF-Binary/NormalTangentTest.glb",
    "gltf/ShadowsDirectional/shadows-directional.gltf",
    "gltf/SimpleInstancing/glTF-Binary/SimpleInstancing.glb",
    "gltf/SimpleSkin/glTF/SimpleSkin.gltf",
    "gltf/SimpleSparseAccessor/glTF/SimpleSparseAccessor.gltf",
    "gltf/Suzanne/glTF/Suzanne.gltf",
    "gltf/TextureTransformMultiTest/glTF-Binary/TextureTransformMultiTest.glb",
    "gltf/ToyCar/glTF/ToyCar.gltf",
    "gltf/UnlitTest/glTF-Binary/UnlitTest.glb",
    "gltf/VertexColorTest/glTF-Binary/VertexColorTest.glb",
    "kits/kaykit-dungeon/table_long_decorated_C.glb",
    "kits/kaykit-dungeon/wall_gated.glb",
    "vrm/Godette_vrm0.vrm",
)


@pytest.mark.parametrize("path", MODELS, ids=lambda path: Path(path).stem)
def test_looks_as_it_did(content: Path, path: str) -> None:
    with tx.App.headless(size=(240, 160)) as app:
        app.drawing.attach(shared_device())  # one for all: compiling shaders is most of a picture's time
        open_thing(app, content / path)
        assert_golden(app.picture(samples=2).pixels, f"models/{Path(path).stem}")
