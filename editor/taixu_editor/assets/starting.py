"""The operation that copies something of the starter library into the project."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from taixu.edit import Operation
from taixu.edit.conditions import no_project

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["STARTER_OPERATIONS"]


@dataclass(frozen=True, slots=True)
class StarterParameters:
    """Its name in the library: ``bricks``, ``coin``."""

    name: str


def _add(host: Host, p: StarterParameters) -> list[str]:
    from taixu.generate.starter import add_starter, starter_asset

    return list(add_starter(starter_asset(p.name), host.session.project.root))


STARTER_OPERATIONS = (
    Operation("asset.add_starter", "Add a starter asset", run=_add, parameters=StarterParameters, blocked=no_project,
              doc="Copies a material or a sound that ships with Taixu into the project; gives its paths, the main one first."),
)  # fmt: skip
"""What can be done with the library."""
