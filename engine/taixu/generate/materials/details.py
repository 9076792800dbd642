"""The sliders that a family has of its own, as a schema: forms show them beside the parameters that all families share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from taixu.errors import TaixuError
from taixu.generate.generator import Details
from taixu.generate.materials.family import family_named

__all__ = ["details_of"]

_FACTS = {"doc": "description", "minimum": "minimum", "maximum": "maximum", "unit": "unit"}


def details_of(parameters: Mapping[str, Any]) -> Details:
    """Sliders of the family that parameters name, as a variant has them, with what their text says.

    What is another family's is left out: words may mean one, and a slider another.

    Raises
    ------
    TaixuError
        Where there is no such family, or a slider has a value that is none.
    """
    from taixu.generate.materials.generator import sliders_of, sliders_text

    family = family_named(parameters["family"])
    variants = family.variants
    variant = variants.get(str(parameters.get("variant", "")))
    parts = [part for part in str(parameters.get("sliders", "")).split(",") if part.partition("=")[0].strip() in family.sliders]
    said = sliders_of(family.name, ",".join(parts))
    usual = {} if variant is None else variant.sliders
    schema = {"type": "object", "properties": {name: _schema_of(item, usual) for name, item in family.sliders.items()}}

    def write(values: Mapping[str, Any]) -> str:
        known = {name: value for name, value in values.items() if name in family.sliders}
        return sliders_text({name: tuple(value) if isinstance(value, list) else value for name, value in known.items()})

    plain = {name: _plain(value) for name, value in said.items()}
    return Details("sliders", schema, plain, write, {"variant": ("", *variants)})


def _schema_of(item: Any, usual: Mapping[str, Any]) -> dict[str, Any]:
    value = usual.get(item.name, item.default)
    found: dict[str, Any] = {new: item.metadata[old] for old, new in _FACTS.items() if item.metadata.get(old) not in (None, "")}
    found["default"] = _plain(value)
    if isinstance(item.default, tuple):
        limits: dict[str, Any] = {key: found.pop(key) for key in ("minimum", "maximum") if key in found}
        count, items = len(item.default), {"type": "number", **limits}
        return {**found, "type": "array", "format": "color", "items": items, "minItems": count, "maxItems": count}
    if isinstance(item.default, str):
        choices = item.metadata.get("choices", ())
        return {**found, **({"enum": list(choices)} if choices else {"type": "string"})}
    if isinstance(item.default, bool):
        return {**found, "type": "boolean"}
    if not isinstance(item.default, (int, float)):
        raise TaixuError(f"the slider {item.name!r} is neither a number, a colour nor a word")
    return {**found, "type": "integer" if isinstance(item.default, int) else "number"}


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
