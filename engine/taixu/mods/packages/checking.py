"""All that can be found out about a mod without running it, for ``taixu check`` and ``taixu mod check``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from taixu.assets.findings import Finding
from taixu.assets.paths import read_bytes
from taixu.errors import TaixuError
from taixu.mods.packages.files import MANIFEST, kind_doubt, name_doubt, names_doubt
from taixu.mods.packages.manifest import manifest_findings
from taixu.mods.packages.package import read_folder, read_package
from taixu.mods.packages.source_check import package_findings
from taixu.mods.packages.zip_reader import MAX_ZIP_BYTES, unzip_bytes

__all__ = ["check_mod"]


def check_mod(path: Path, *, components: Mapping[str, Iterable[str]] | None = None) -> list[Finding]:
    """All findings about a mod's folder, its manifest, or its zip.

    Raises
    ------
    TaixuError
        When there is nothing that could be one.
    """
    path = path.parent if path.name == MANIFEST else path
    contents = read_folder(path) if path.is_dir() else unzip_bytes(read_bytes(path, max_bytes=MAX_ZIP_BYTES), file=str(path))
    if MANIFEST not in contents:
        return [Finding("error", "", f"has no {MANIFEST}; `taixu mod new` makes a mod")]
    findings = [
        Finding(found.severity, f"{MANIFEST}: {found.where}".removesuffix(": "), found.message)
        for found in manifest_findings(contents[MANIFEST])
    ]
    doubts = [*map(name_doubt, contents), names_doubt(contents), *(kind_doubt(name, data) for name, data in contents.items())]
    findings += [Finding("error", "", doubt) for doubt in doubts if doubt]
    if findings:
        return findings
    try:
        package = read_package(path)
    except TaixuError as error:
        return [Finding("error", "", str(error).removeprefix(f"{path}: ").removeprefix(f"{path}/"))]
    try:
        package.manifest.require_api()
    except TaixuError as error:
        findings.append(Finding("error", f"{MANIFEST}: api", str(error)))
    return findings + package_findings(package, components=components)
