"""What a path is, by its name: a project, a document, a model, a picture, a sound."""

from __future__ import annotations

from pathlib import Path

__all__ = ["kind_of"]

_GLTF = frozenset({".gltf", ".glb", ".vrm", ".vrma"})
_PICTURES = frozenset(
    {".png", ".jpg", ".jpeg", ".webp", ".tga", ".bmp", ".gif", ".tif", ".tiff", ".ppm", ".dds", ".avif", ".hdr", ".exr"}
)
_SOUNDS = frozenset({".wav", ".ogg", ".mp3", ".flac"})


def kind_of(path: Path) -> str | None:
    """``project``, ``world``, ``prefab``, ``model``, ``picture`` or ``sound``; None for anything else."""
    name, suffix = path.name.lower(), path.suffix.lower()
    if path.is_dir() or name == "taixu.toml":
        return "project"
    for ending in ("world", "prefab"):
        if name.endswith(f".{ending}.json"):
            return ending
    if suffix in _PICTURES:
        return "picture"
    if suffix in _SOUNDS:
        return "sound"
    return "model" if suffix in _GLTF else None
