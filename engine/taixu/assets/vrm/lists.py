"""What VRM's objects are made of, taken with every check that glTF's own get."""

from __future__ import annotations

import math
from collections.abc import Iterator

from taixu.assets.gltf.fields import Fields
from taixu.assets.humanoid import BONE_PARENTS, BONES, REQUIRED_BONES
from taixu.assets.model import ModelData

__all__ = ["MOST_DEGREES", "above", "checked_humanoid", "direction", "entries", "morph_count", "radians", "texts"]

MOST_DEGREES = 180.0


def entries(fields: Fields, name: str) -> Iterator[Fields]:
    """List objects; unlike glTF's own, VRM's lists may be empty."""
    return fields.objects(name) if fields.data.get(name) != [] else iter(())


def texts(fields: Fields, name: str) -> list[str]:
    """Take a list of strings, short ones of a sane number; others are left out."""
    values = fields.data.get(name)
    if not isinstance(values, list):
        return []
    return [value.encode("utf-8", "replace").decode()[:2000] for value in values[:100] if isinstance(value, str)]


def radians(fields: Fields, name: str, default: float) -> float:
    """Take an angle that the file gives in degrees."""
    return math.radians(fields.number(name, default, minimum=0.0, maximum=MOST_DEGREES))


def direction(values: tuple[float, ...], default: tuple[float, float, float]) -> tuple[float, float, float]:
    """Bring a vector to length one; zero and giants give the default."""
    length = math.hypot(*values)
    if not 1e-9 < length < 1e9:
        return default
    x, y, z = (value / length for value in values)
    return x, y, z


def morph_count(model: ModelData, node: int) -> int:
    """The number of morph targets of a node's mesh."""
    mesh = model.nodes[node].mesh
    return 0 if mesh is None else min((len(part.targets) for part in model.meshes[mesh].primitives), default=0)


def above(model: ModelData, node: int) -> Iterator[int]:
    """Go up from a node to its root, the node itself left out."""
    found = model.nodes[node].parent
    while found is not None:
        yield found
        found = model.nodes[found].parent


def checked_humanoid(found: dict[str, int], fields: Fields, model: ModelData) -> dict[str, int]:
    """Give the bones in `BONES`' order.

    Raises
    ------
    GltfError
        A required bone is missing, two are one node, or a bone does not hang on the one that it should.
    """
    missing = [bone for bone in REQUIRED_BONES if bone not in found]
    if missing:
        raise fields.fail("", f"the humanoid has no {missing[0]}, and no avatar moves without; export it with all required bones")
    bones = {bone: found[bone] for bone in BONES if bone in found}
    taken: dict[int, str] = {}
    for bone, node in bones.items():
        if node in taken:
            raise fields.fail("", f"{bone} and {taken[node]} are both node {node}; each bone needs a node of its own")
        taken[node] = bone
    for bone, node in bones.items():
        number = BONE_PARENTS[BONES.index(bone)]
        while number >= 0 and BONES[number] not in bones:
            number = BONE_PARENTS[number]
        if number >= 0 and bones[BONES[number]] not in above(model, node):
            raise fields.fail("", f"{bone} does not hang on {BONES[number]}; export the avatar with its bones in one tree")
    return bones
