"""What is wrong with a file: findings that are collected, and the error that refuses it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from taixu.assets.findings import Finding, Severity
from taixu.errors import TaixuError

__all__ = ["Finding", "GltfError", "Report", "Severity"]


class GltfError(TaixuError):
    """A glTF that cannot be read; `finding` says where and why, without the file's name."""

    def __init__(self, where: str, message: str, *, file: str = "") -> None:
        self.finding = Finding("error", where, message)
        super().__init__(": ".join(part for part in (file, where, message) if part))

    def named(self, file: str) -> GltfError:
        """Give the same error with the file's name in front."""
        return GltfError(self.finding.where, self.finding.message, file=file)


@dataclass(slots=True)
class Report:
    """Collects findings.

    A reader wants the first thing that it cannot read around to stop it; a check wants to go on to the next
    object and name them all (`tolerant`).
    """

    tolerant: bool = False
    findings: list[Finding] = field(default_factory=list)
    limit: int = 1000

    def add(self, severity: Severity, where: str, message: str) -> None:
        """Note something that the reader can live with."""
        if len(self.findings) < self.limit:
            self.findings.append(Finding(severity, where, message))

    def error(self, where: str, message: str) -> None:
        """Note something that breaks the specification, but not the reading."""
        self.add("error", where, message)

    def warning(self, where: str, message: str) -> None:
        """Note something doubtful."""
        self.add("warning", where, message)

    @contextmanager
    def object(self) -> Iterator[None]:
        """Read one object: when tolerant, what stops it becomes a finding, and reading goes on after it.

        With as many findings as the limit, the next one stops the reading: nobody reads a thousand more.
        """
        try:
            yield
        except GltfError as error:
            if not self.tolerant or len(self.findings) >= self.limit:
                raise
            self.add("error", error.finding.where, error.finding.message)
