"""Edits of fields that are not the same for all: other values for each entity, or the defaults again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from taixu.ecs import Field, component_type
from taixu.edit.commands import Command
from taixu.edit.ids import id_text
from taixu.edit.operations import Operation
from taixu.edit.set_many import set_fields
from taixu.edit.settle import with_selected

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["FIELD_OPERATIONS", "default_of"]


@dataclass(frozen=True, slots=True)
class EachParameters:
    """Fields of a component by entity."""

    component: str
    values: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class ResetParameters:
    """Which fields of a component (all where none are named), for entities; those selected where none are named."""

    component: str
    fields: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()


def default_of(fld: Field) -> Any:
    """A field's default in the form of documents."""
    if fld.kind.name == "entity":
        return id_text(0)
    return list(fld.default) if isinstance(fld.default, tuple) else fld.default


def _set_each(session: Session, p: EachParameters) -> Command | None:
    return set_fields(session, p.component, p.values)


def _reset(session: Session, p: ResetParameters) -> Command | None:
    declared = component_type(session.component(p.component))
    declared.check_names(dict.fromkeys(p.fields))
    wanted = p.fields or tuple(declared.by_name)
    fields = {name: default_of(declared.by_name[name]) for name in wanted}
    return set_fields(session, p.component, dict.fromkeys(p.entities, fields))


FIELD_OPERATIONS = (
    Operation(
        "component.set_each", "Change", plan=_set_each, parameters=EachParameters,
        doc="Sets fields of a component, other values for each entity.",
    ),
    Operation(
        "component.reset", "Reset", plan=_reset, parameters=ResetParameters, settle=with_selected,
        doc="Sets fields to their defaults.",
    ),
)  # fmt: skip
