"""``taixu mod pack``: a folder becomes a zip, the same bytes whenever and wherever."""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

from taixu.errors import TaixuError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Packs a mod into a zip that others can install; the same files give the same bytes everywhere."
usage = "[DIR] [options]"
example = "taixu mod pack mods/fish --out dist"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the folder and where the zip goes."""
    parser.add_argument("folder", type=Path, nargs="?", default=Path(), metavar="DIR", help="the mod; this folder")
    parser.add_argument("--out", type=Path, default=Path(), metavar="PATH", help="a folder, or a zip's name; this folder")


def run(args: argparse.Namespace) -> int:
    """Check and pack; what `taixu mod check` calls an error is not packed."""
    from taixu.cli.files import finished_file
    from taixu.mods.packages.package import read_package
    from taixu.mods.packages.source_check import package_findings

    if not args.folder.is_dir():
        raise TaixuError(f"{args.folder}: is no folder of a mod")
    package = read_package(args.folder)
    errors = [found for found in package_findings(package) if found.severity == "error"]
    if errors:
        raise TaixuError(f"{args.folder}: {errors[0]}; `taixu mod check` lists all")
    out = args.out if args.out.suffix.lower() == ".zip" else args.out / package.manifest.file_name
    data = package.zip_bytes()
    with finished_file(out) as unfinished:
        unfinished.write_bytes(data)
    args.console.show(f"{out}: {package.manifest.label}, {len(package.contents)} files, {len(data):,} bytes")
    args.console.answer({
        "out": str(out), "id": package.id, "version": str(package.manifest.version), "content": package.hash,
        "sha256": hashlib.sha256(data).hexdigest(), "size": len(data), "files": sorted(package.contents),
    })  # fmt: skip
    return 0
