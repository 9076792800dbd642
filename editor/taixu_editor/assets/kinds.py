"""What a file of a project is to a creator, by its name."""

from __future__ import annotations

__all__ = ["ASSET_KINDS", "HAS_PICTURE", "asset_kind"]

_ENDINGS: dict[str, tuple[str, ...]] = {
    "world": (".world.json",), "prefab": (".prefab.json",),
    "model": (".glb", ".gltf", ".vrm", ".obj", ".ply", ".stl", ".off", ".3mf", ".dae", ".urdf",
              ".usd", ".usda", ".usdc", ".usdz", ".bvh"),
    "sky": (".hdr", ".exr"), "texture": (".png", ".jpg", ".jpeg", ".webp", ".ktx2", ".dds", ".bmp", ".tga",
                ".gif", ".tif", ".tiff"),
    "sound": (".wav", ".ogg", ".mp3", ".flac"), "script": (".py",),
}  # fmt: skip
ASSET_KINDS: dict[str, tuple[str, str]] = {
    "model": ("model", "Models"), "prefab": ("prefab", "Prefabs"), "world": ("world", "Worlds"), "texture": ("texture", "Pictures"),
    "sky": ("environment", "Skies"), "sound": ("sound", "Sounds"), "script": ("script", "Scripts"), "file": ("file", "Other files"),
}  # fmt: skip
"""Kinds in the order in which they are offered: the icon's name, and what people call them."""
HAS_PICTURE = frozenset({"model", "prefab", "world", "texture", "sky", "sound", "script"})
"""Kinds that are shown by a picture of themselves."""


def asset_kind(path: str) -> str:
    """The kind of a file: a key of `ASSET_KINDS`."""
    name = path.lower()
    return next((kind for kind, endings in _ENDINGS.items() if name.endswith(endings)), "file")
