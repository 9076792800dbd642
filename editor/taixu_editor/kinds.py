"""What an entity is to people: the one icon that stands for its components."""

from __future__ import annotations

from taixu.ecs import Table

__all__ = ["KINDS", "kind_of"]

KINDS: tuple[tuple[str, str], ...] = (
    ("prefab_instance", "prefab"), ("camera", "camera"), ("light", "light"), ("environment", "environment"),
    ("audio_source", "sound"), ("audio_listener", "sound"), ("model", "model"), ("from_model", "model"), ("shape", "shape"),
    ("rigid_body", "physics"), ("character", "physics"), ("articulation", "physics"), ("joint", "physics"), ("collider", "physics"),
    ("script", "script"), ("animation_player", "animation"),
)  # fmt: skip
"""Components by name, what says most first, each with its icon's name."""


def kind_of(table: Table) -> str:
    """The icon's name for the entities of a table: ``"empty"`` where nothing is to be seen or heard."""
    names = {declared.name for declared in table.components}
    return next((icon for name, icon in KINDS if name in names), "empty")
