"""Materials of Wavefront MTL, with the physically based lines that exporters added to it.

The lines are those of the MTL specification (Alias/Wavefront, appendix B1) and of its PBR extension (Clara.io, 2014:
``Pr``, ``Pm``, ``Ps``, ``Pc``, ``Pcr`` and their maps).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

__all__ = ["MtlMap", "MtlMaterial", "parse_mtl"]

_MAX_MATERIALS = 20_000
_MAX_LINE = 4096
_OPTIONS = {
    "-blendu": 1, "-blendv": 1, "-boost": 1, "-cc": 1, "-clamp": 1, "-imfchan": 1, "-mm": 2, "-texres": 1, "-type": 1,
    "-bm": 1, "-s": 3, "-o": 3, "-t": 3,
}  # fmt: skip
"""Options before a map's file name, and how many values follow at most."""
_MAPS = {
    "map_kd": "map_kd", "map_ke": "map_ke", "map_d": "map_d", "map_pr": "map_pr", "map_pm": "map_pm",
    "map_bump": "bump", "bump": "bump", "norm": "norm", "map_kn": "norm", "map_norm": "norm",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class MtlMap:
    """A map: its file's name, as the MTL spells it, and its options.

    ``offset`` and ``scale`` count with v up, as MTL has it; ``strength`` is the ``-bm`` of a bump map.
    """

    file: str
    offset: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)
    strength: float = 1.0
    clamp: bool = False


@dataclass(slots=True)
class MtlMaterial:
    """One ``newmtl``: numbers and maps by their lines' names in lower case."""

    name: str
    numbers: dict[str, tuple[float, ...]] = field(default_factory=dict)
    maps: dict[str, MtlMap] = field(default_factory=dict)


def parse_mtl(data: bytes) -> dict[str, MtlMaterial]:
    """Read the materials of an ``.mtl`` by name; lines that make no sense are left out."""
    found: dict[str, MtlMaterial] = {}
    material: MtlMaterial | None = None
    for raw in data.decode("utf-8", "replace").splitlines():
        words = raw[:_MAX_LINE].split()
        if len(words) < 2 or words[0].startswith("#"):
            continue
        key = words[0].lower()
        if key == "newmtl":
            if len(found) >= _MAX_MATERIALS:
                break
            material = MtlMaterial(" ".join(words[1:]))
            found[material.name] = material
        elif material is None:
            continue
        elif key in _MAPS:
            if (one := _parse_map(raw[:_MAX_LINE].strip()[len(key) :].strip())) is not None:
                material.maps[_MAPS[key]] = one
        elif (numbers := _numbers(words[1:4])) is not None:
            material.numbers[key] = numbers
    return found


def _parse_map(text: str) -> MtlMap | None:
    """Options, then the file's name, which may hold spaces."""
    values: dict[str, tuple[float, ...]] = {}
    clamp = False
    while text.startswith("-"):
        option, _, text = text.partition(" ")
        text = text.lstrip()
        most = _OPTIONS.get(option.lower())
        if most is None:
            break
        taken: list[str] = []
        while len(taken) < most:
            word, _, rest = text.partition(" ")
            if most > 1 and _numbers([word]) is None:
                break  # fewer values than could be: the name begins
            taken.append(word)
            text = rest.lstrip()
        clamp = clamp or (option.lower() == "-clamp" and taken == ["on"])
        numbers = _numbers(taken)
        if numbers:
            values[option.lower()] = numbers
    if not text:
        return None
    u, v, *_ = (*values.get("-o", ()), 0.0, 0.0)[:2]
    scales = values.get("-s", (1.0, 1.0))
    return MtlMap(
        text.replace("\\", "/"), offset=(u, v), scale=(scales[0], scales[1] if len(scales) > 1 else 1.0),
        strength=values.get("-bm", (1.0,))[0], clamp=clamp,
    )


def _numbers(words: list[str]) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(word) for word in words)
    except ValueError:
        return None
    return numbers if all(math.isfinite(number) and abs(number) < 1e9 for number in numbers) else None
