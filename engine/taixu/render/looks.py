"""Which surface a material of a library is drawn by, and which pictures that reads."""

from __future__ import annotations

from taixu.assets.model import TextureRef
from taixu.render.cards import card_look
from taixu.render.material_rows import texture_refs
from taixu.render.signature import SLOTS
from taixu.render.surfaces import SurfaceLook, look_of_surface
from taixu.render.texture_kinds import TextureKind, kind_of
from taixu.render.toon import toon_look
from taixu.scene import LibraryMaterial
from taixu.scene.impostors import Impostor

__all__ = ["look_of", "wanted_textures"]


def look_of(entry: LibraryMaterial) -> SurfaceLook | None:
    """How an entry is drawn; None by the standard surface."""
    if isinstance(entry.surface, Impostor):
        return card_look(entry.surface)
    if entry.surface is not None:
        return look_of_surface(entry.surface, entry.textures, entry.material)
    return None if entry.material.toon is None else toon_look(entry.material)


def wanted_textures(entry: LibraryMaterial) -> dict[str, tuple[TextureRef, TextureKind]]:
    """The textures that an entry's surface reads, by slot, and what they are to it."""
    look = look_of(entry)
    refs = texture_refs(entry.material) if look is None else look.refs
    found = {}
    for slot, ref in refs.items():
        own = look is not None and entry.surface is not None and slot not in SLOTS
        kind = TextureKind(look.shader.textures[slot]) if own and look is not None else kind_of(entry.material, slot)
        found[slot] = (ref, kind)
    return found
