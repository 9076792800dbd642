"""Notices: under which licence each file of something that is passed on stands, by whom it is, and what made it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from taixu.assets.sidecar import Sidecar, read_sidecar
from taixu.errors import TaixuError
from taixu.generate.licences import licence_findings

__all__ = ["NOTICES", "copyright_line", "is_written_here", "notices_text"]

NOTICES = "NOTICES.txt"
"""What the file is called where a project is packed."""

_HEAD = "Licences of what is in this folder, as the files beside them say (NAME.asset.toml). Written by Taixu when it was packed.\n"
_MOST_NAMES = 40


def notices_text(root: Path, paths: Iterable[str]) -> str:
    """The notices of some files of a folder, the same for the same files; empty where none says anything.

    Files without a sidecar are left out; what cannot be read of one is left out, too.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    listed = sorted(paths)
    for path in listed:
        sidecar = _sidecar(root / path)
        if sidecar is not None and (sidecar.licence or sidecar.author or sidecar.provenance.model_licence):
            groups.setdefault(_said(sidecar), []).append(path)
    if not groups:
        return ""
    parts = [_HEAD]
    for said, files in sorted(groups.items()):
        parts.append("\n".join([*said, *(f"  {path}" for path in files)]) + "\n")
    findings = [str(found).removeprefix(f"{root}/") for found in licence_findings([root / path for path in listed])]
    if findings:
        parts.append("\n".join(["What these licences ask for:", *(f"  {found}" for found in findings)]) + "\n")
    return "\n".join(parts)


def is_written_here(text: str) -> bool:
    """Whether notices were written by `notices_text`, and may be written anew."""
    return text.startswith(_HEAD)


def copyright_line(root: Path, paths: Iterable[str]) -> str:
    """Licences and authors in one line, for formats that have a place for that; empty where nothing is known."""
    groups: dict[str, list[str]] = {}
    for path in sorted(paths):
        sidecar = _sidecar(root / path)
        if sidecar is not None and sidecar.licence:
            by = f" by {sidecar.author}" if sidecar.author else ""
            groups.setdefault(f"{sidecar.licence}{by}", []).append(Path(path).name)
    return "; ".join(f"{', '.join(_shortened(names))}: {said}" for said, names in sorted(groups.items()))


def _shortened(names: list[str]) -> list[str]:
    return names if len(names) <= _MOST_NAMES else [*names[:_MOST_NAMES], f"{len(names) - _MOST_NAMES} more"]


def _said(sidecar: Sidecar) -> tuple[str, ...]:
    made = sidecar.provenance
    lines = [f"Licence: {sidecar.licence or 'not said'}"]
    if sidecar.author:
        lines.append(f"Author: {sidecar.author}")
    if sidecar.source:
        lines.append(f"Source: {sidecar.source}")
    if made.model:
        terms = f" ({made.model_licence})" if made.model_licence else ""
        lines.append(f"Made by: {made.generator} with the model {made.model}{terms}")
    elif made.generator:
        lines.append(f"Made by: {made.generator}")
    return tuple(" ".join(line.split()) for line in lines)


def _sidecar(path: Path) -> Sidecar | None:
    try:
        return read_sidecar(path)
    except TaixuError:  # its own panel, and `taixu check`, say what is wrong with it
        return None
