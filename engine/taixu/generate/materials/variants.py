"""Variants of the families that come with Taixu: sliders that together look like something of a name, in ``variants.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.generate.materials.family import Family, Variant, srgb

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["variants_of"]

_SAID = ("zh", "words")


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads(Path(__file__).with_name("variants.toml").read_text(encoding="utf-8"))


@cache
def variants_of(family: Family) -> dict[str, Variant]:
    """Variants of one of Taixu's own families by name."""
    if not family.cls.__module__.startswith("taixu."):
        return {}
    return {
        name: Variant(
            name,
            {key: _plain(value) for key, value in said.items() if key not in _SAID},
            str(said.get("zh", "")),
            tuple(str(said.get("words", "")).split()),
        )
        for name, said in _table().get(family.name, {}).items()
    }


def _plain(value: Any) -> Any:
    return srgb(value) if isinstance(value, str) and value.startswith("#") else value
