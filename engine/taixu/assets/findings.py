"""What is wrong, or worth knowing, in a file of any kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finding", "Severity"]

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One remark about a file.

    Attributes
    ----------
    severity : "error", "warning" or "info"
        An error breaks the format's specification, stops the file from being read, or makes it mean something else
        than it says.
    where : str
        The place: a JSON pointer such as ``/meshes/0/primitives/1`` in a glTF, a path such as
        ``entities.00c0ffee00c0ffee.transform.scale`` in a document; empty for the whole file.
    message : str
        What is wrong, and what to do, without the place.
    """

    severity: Severity
    where: str
    message: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}" if self.where else self.message
