"""What is wrong, or worth knowing, in a document."""

from __future__ import annotations

from dataclasses import dataclass, field

from taixu.assets.findings import Finding, Severity
from taixu.errors import TaixuError

__all__ = ["MAX_FINDINGS", "DocumentError", "Finding", "Findings", "GoneError", "Severity"]

MAX_FINDINGS = 200
"""A document that is wrong everywhere is not listed to its end."""


class GoneError(TaixuError):
    """An entity that is named lives no more."""


class DocumentError(TaixuError):
    """A document that cannot be read; the message names file and place."""

    def __init__(self, file: str, finding: Finding) -> None:
        self.finding = finding
        super().__init__(f"{file}: {finding}" if file else str(finding))


@dataclass(slots=True)
class Findings:
    """Collects findings about one document, up to a limit."""

    file: str = ""
    items: list[Finding] = field(default_factory=list)

    def add(self, severity: Severity, where: str, message: str) -> None:
        """Note something; the first error is never left out."""
        if len(self.items) < MAX_FINDINGS or (severity == "error" and all(item.severity != "error" for item in self.items)):
            self.items.append(Finding(severity, where, message))

    def error(self, where: str, message: str) -> None:
        """Note something that stops the reading."""
        self.add("error", where, message)

    def warning(self, where: str, message: str) -> None:
        """Note something doubtful that is read all the same."""
        self.add("warning", where, message)

    def refuse(self) -> None:
        """Raise the first error, if there is one."""
        for item in self.items:
            if item.severity == "error":
                raise DocumentError(self.file, item)
