"""Looks: one person in clothes and hair of other colours, as material variants of the same model.

A crowd in which few share a body and a face looks less like twins, and costs what one costs: geometry and pictures are shared
(``KHR_materials_variants``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from taixu.generate.avatars.spec import AvatarSpec, linear_color

if TYPE_CHECKING:
    import numpy as np

    from taixu.assets.material import Material
    from taixu.assets.model import ModelData
    from taixu.generate.avatars.person import Person

__all__ = ["Rgb", "add_variants", "colors_of", "looks_of"]

Rgb = tuple[float, float, float]
_CLOTHS = ("#8a2f34", "#2f4f7a", "#3f6650", "#6b4f7f", "#b08a4a", "#35383e", "#d8d2c4", "#7a3f2a", "#4f7a85", "#a4596b")
_DARK = ("#15110f", "#1d1512", "#2a1c14", "#33231a")
_FAIR = ("#1d1512", "#4a2f1c", "#7a5a36", "#a67c46", "#8f3a16")


def looks_of(spec: AvatarSpec, count: int, random: np.random.Generator) -> list[AvatarSpec]:
    """The person in so many looks, no two in cloth of one colour; the first is theirs, though clothes get a colour."""
    order = [_CLOTHS[int(number)] for number in random.permutation(len(_CLOTHS))]
    if spec.color:
        order = [spec.color, *(color for color in order if color != spec.color)]
    hair = _FAIR if spec.caucasian > 0.8 * (spec.african + spec.asian + spec.caucasian) else _DARK
    found = [replace(spec, color=order[0])]
    for number in range(1, count):
        own = hair[int(random.integers(len(hair)))]
        second = order[-number] if spec.color2 else ""
        found.append(replace(spec, color=order[number % len(order)], color2=second, hair_color=own))
    return found


def colors_of(person: Person) -> tuple[Rgb | None, ...]:
    """What differs between looks, linear: cloth, the second cloth, hair; None where the part has a colour of its own."""
    from taixu.generate.avatars.hair import hair_color

    spec = person.spec
    return (*(linear_color(text) if text else None for text in (spec.color, spec.color2)), hair_color(person))


def add_variants(model: ModelData, colors: Sequence[tuple[Rgb | None, ...]]) -> None:
    """Give a model a variant for each but the first of `colors`, in which materials of the first one's colours have its own.

    Variants are named ``look 2`` and so on.
    """
    first = colors[0]
    for number, others in enumerate(colors[1:]):
        changed: dict[int, int] = {}
        for index, material in enumerate(model.materials[:]):
            for old, new in zip(first, others, strict=True):
                if old is not None and new is not None and old != new and material.base_color[:3] == old:
                    changed[index] = len(model.materials)
                    model.materials.append(_dyed(material, old, new))
                    break
        for part in (part for mesh in model.meshes for part in mesh.primitives):
            if part.material in changed:
                part.variants[number] = changed[part.material]
        model.variants.append(f"look {number + 2}")


def _dyed(material: Material, old: Rgb, new: Rgb) -> Material:
    sheen = material.sheen
    if sheen is not None:  # as `fabric` has it
        r, g, b = (part * (0.15 + 0.85 * after) / (0.15 + 0.85 * before)
                   for part, before, after in zip(sheen.color, old, new, strict=True))
        sheen = replace(sheen, color=(r, g, b))
    return replace(material, base_color=(*new, material.base_color[3]), sheen=sheen)
