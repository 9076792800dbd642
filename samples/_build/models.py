"""The samples' models: a tin robot that walks and waves, and a wooden crate."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from taixu.assets.model import (
    Animation,
    Channel,
    Image,
    Material,
    Mesh,
    ModelData,
    Node,
    Primitive,
    Scene,
    Texture,
    TextureRef,
)
from taixu.math.quaternion import from_axis_angle
from taixu.scene import shape_mesh

__all__ = ["crate", "robot"]

Vector = tuple[float, float, float]


class _Builder:
    """Puts a model together from shapes at nodes."""

    def __init__(self, name: str, materials: Iterable[Material]) -> None:
        self.model = ModelData(name=name, materials=list(materials), scenes=[Scene()], scene=0)
        self.numbers = {material.name: place for place, material in enumerate(self.model.materials)}

    def node(self, name: str, at: Vector = (0, 0, 0), *, parent: int | None = None) -> int:
        """A place; gives its index."""
        index = len(self.model.nodes)
        self.model.nodes.append(Node(name=name, parent=parent, translation=np.array(at, np.float32)))
        if parent is None:
            self.model.scenes[0].nodes.append(index)
        else:
            self.model.nodes[parent].children.append(index)
        return index

    def shape(
        self,
        node: int,
        kind: str,
        size: Vector,
        material: str,
        *,
        at: Vector = (0, 0, 0),
        bevel_m: float = 0.0,
        turn: tuple[Vector, float] | None = None,
    ) -> None:
        """Add a shape to a node's mesh, moved and turned within it."""
        arrays = shape_mesh(kind, size, bevel_m=bevel_m)
        indices = arrays.pop("indices")
        if turn is not None:
            from taixu.math.quaternion import to_matrix

            matrix = to_matrix(from_axis_angle(*turn)).astype(np.float32)
            arrays = {**arrays, "POSITION": arrays["POSITION"] @ matrix.T, "NORMAL": arrays["NORMAL"] @ matrix.T}
        arrays["POSITION"] = arrays["POSITION"] + np.array(at, np.float32)
        owner = self.model.nodes[node]
        if owner.mesh is None:
            owner.mesh = len(self.model.meshes)
            self.model.meshes.append(Mesh(name=owner.name))
        mesh = self.model.meshes[owner.mesh]
        for primitive in mesh.primitives:
            if primitive.material == self.numbers[material] and primitive.indices is not None:
                start = np.uint32(primitive.vertex_count)
                primitive.indices = np.concatenate([primitive.indices, indices + start])
                primitive.attributes = {
                    name: np.concatenate([values, arrays[name]]) for name, values in primitive.attributes.items()
                }
                return
        mesh.primitives.append(Primitive(arrays, indices, material=self.numbers[material]))


def robot() -> ModelData:
    """A tin robot, 1.5 m high, that stands on the origin and looks along +Z; clips ``walk`` and ``idle``."""
    built = _Builder(
        "robot",
        [
            Material("tin", base_color=(0.06, 0.42, 0.46, 1), metallic=0.15, roughness=0.32),
            Material("trim", base_color=(0.95, 0.72, 0.18, 1), metallic=0.1, roughness=0.35),
            Material("steel", base_color=(0.55, 0.56, 0.58, 1), metallic=1.0, roughness=0.3),
            Material("dark", base_color=(0.03, 0.035, 0.04, 1), metallic=0.0, roughness=0.25),
            Material("glow", base_color=(0.4, 0.9, 1, 1), emissive=(0.25, 0.85, 1.0), emissive_strength=4.0),
        ],
    )
    root = built.node("rig")
    hips = built.node("hips", (0, 0.62, 0), parent=root)
    built.shape(hips, "box", (0.36, 0.16, 0.26), "steel", bevel_m=0.05)
    chest = built.node("chest", (0, 0.30, 0), parent=hips)
    built.shape(chest, "box", (0.56, 0.46, 0.38), "tin", bevel_m=0.10)
    built.shape(chest, "box", (0.30, 0.22, 0.06), "dark", at=(0, 0.02, 0.175), bevel_m=0.028)
    for place, x in enumerate((-0.08, 0.0, 0.08)):
        built.shape(chest, "sphere", (0.05, 0.05, 0.05), "glow" if place == 1 else "trim", at=(x, 0.04, 0.20))
    head = built.node("head", (0, 0.25, 0), parent=chest)
    built.shape(head, "cylinder", (0.14, 0.10, 0.14), "steel", at=(0, 0.02, 0))
    built.shape(head, "box", (0.44, 0.30, 0.34), "tin", at=(0, 0.21, 0), bevel_m=0.11)
    built.shape(head, "box", (0.34, 0.14, 0.06), "dark", at=(0, 0.22, 0.155), bevel_m=0.028)
    for x in (-0.08, 0.08):
        built.shape(head, "sphere", (0.07, 0.07, 0.04), "glow", at=(x, 0.22, 0.18))
    built.shape(head, "cylinder", (0.02, 0.16, 0.02), "steel", at=(0, 0.43, 0))
    built.shape(head, "sphere", (0.08, 0.08, 0.08), "trim", at=(0, 0.52, 0))
    for side, x in (("left", 1.0), ("right", -1.0)):
        arm = built.node(f"{side} arm", (0.35 * x, 0.15, 0), parent=chest)
        built.shape(arm, "sphere", (0.18, 0.18, 0.18), "trim")
        built.shape(arm, "capsule", (0.12, 0.28, 0.12), "steel", at=(0.02 * x, -0.15, 0))
        hand = built.node(f"{side} hand", (0.02 * x, -0.29, 0), parent=arm)
        built.shape(hand, "capsule", (0.15, 0.26, 0.15), "tin", at=(0, -0.09, 0))
        built.shape(hand, "sphere", (0.14, 0.14, 0.14), "dark", at=(0, -0.22, 0))
        leg = built.node(f"{side} leg", (0.13 * x, -0.04, 0), parent=hips)
        built.shape(leg, "capsule", (0.14, 0.32, 0.14), "steel", at=(0, -0.14, 0))
        foot = built.node(f"{side} foot", (0, -0.28, 0), parent=leg)
        built.shape(foot, "capsule", (0.16, 0.28, 0.16), "tin", at=(0, -0.08, 0))
        built.shape(foot, "box", (0.20, 0.12, 0.32), "trim", at=(0, -0.24, 0.05), bevel_m=0.05)
    built.model.animations = [_walk(built.model), _idle(built.model)]
    return built.model


def _walk(model: ModelData) -> Animation:
    times = np.linspace(0, 0.9, 19, dtype=np.float32)
    phase = times / 0.9 * 2 * np.pi
    find = {node.name: place for place, node in enumerate(model.nodes)}
    swings: dict[str, np.ndarray] = {
        "left leg": -0.55 * np.sin(phase),
        "right leg": 0.55 * np.sin(phase),
        "left foot": 0.45 * (1 - np.cos(phase + 0.6)) * 0.8,
        "right foot": 0.45 * (1 + np.cos(phase + 0.6)) * 0.8,
        "left arm": 0.5 * np.sin(phase),
        "right arm": -0.5 * np.sin(phase),
        "left hand": -0.35 + 0.2 * np.sin(phase),
        "right hand": -0.35 - 0.2 * np.sin(phase),
    }
    channels = [_turns(find[name], times, (1, 0, 0), angles) for name, angles in swings.items()]
    channels.append(_turns(find["chest"], times, (0, 1, 0), 0.10 * np.sin(phase)))
    channels.append(_turns(find["head"], times, (0, 1, 0), -0.10 * np.sin(phase)))
    channels.append(_bob(find["hips"], times, 0.62 + 0.025 * np.cos(2 * phase)))
    return Animation("walk", channels)


def _idle(model: ModelData) -> Animation:
    times = np.linspace(0, 4, 33, dtype=np.float32)
    phase = times / 4 * 2 * np.pi
    find = {node.name: place for place, node in enumerate(model.nodes)}
    look = 0.5 * np.clip(np.sin(phase) * 2, -1, 1)
    return Animation(
        "idle",
        [
            _bob(find["hips"], times, 0.62 + 0.006 * np.sin(2 * phase)),
            _turns(find["head"], times, (0, 1, 0), look),
            _turns(find["left arm"], times, (0, 0, 1), 0.08 + 0.03 * np.sin(2 * phase)),
            _turns(find["right arm"], times, (0, 0, 1), -0.08 - 0.03 * np.sin(2 * phase)),
        ],
    )


def _turns(node: int, times: np.ndarray, axis: Vector, angles_rad: np.ndarray) -> Channel:
    axes = np.repeat(np.array(axis, float)[:, None], len(times), 1)
    return Channel(node, "rotation", times, from_axis_angle(axes, angles_rad).T.astype(np.float32))


def _bob(node: int, times: np.ndarray, heights: np.ndarray) -> Channel:
    places = np.zeros((len(times), 3), np.float32)
    places[:, 1] = heights
    return Channel(node, "translation", times, places)


def crate(textures: Callable[[str], bytes]) -> ModelData:
    """A wooden crate, one metre across, centred on the origin; `textures` gives the JPEG of a name."""
    built = _Builder(
        "crate",
        [
            Material("boards", base_color=(0.95, 0.9, 0.82, 1), metallic=0.0, roughness=0.7),
            Material("frame", base_color=(0.72, 0.6, 0.46, 1), metallic=0.0, roughness=0.62),
            Material("corners", base_color=(0.32, 0.33, 0.35, 1), metallic=1.0, roughness=0.38),
        ],
    )
    model = built.model
    for name in ("planks_color", "planks_normal"):
        model.images.append(Image(name=name, mime="image/jpeg", data=textures(name)))
        model.textures.append(Texture(image=len(model.images) - 1))
    for material in model.materials[:2]:
        material.base_color_texture = TextureRef(0, scale=(0.5, 0.5))
        material.normal_texture = TextureRef(1, scale=(0.5, 0.5))
    body = built.node("crate")
    built.shape(body, "box", (0.92, 0.92, 0.92), "boards", bevel_m=0.01)
    half, wide = 0.455, 0.09
    for a in (-half, half):
        for b in (-half, half):
            built.shape(body, "box", (1.0 - wide, wide, wide), "frame", at=(0, a, b), bevel_m=0.012)
            built.shape(body, "box", (wide, 1.0 - wide, wide), "frame", at=(a, 0, b), bevel_m=0.012)
            built.shape(body, "box", (wide, wide, 1.0 - wide), "frame", at=(a, b, 0), bevel_m=0.012)
            for c in (-half, half):
                built.shape(
                    body, "box", (0.115, 0.115, 0.115), "corners", at=(a * 0.972, b * 0.972, c * 0.972), bevel_m=0.02
                )
    return model
