"""``taixu info``: versions, the GPU, what is installed, what is missing and how to get it; or where a file came from."""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError, UsageError

__all__ = ["add_arguments", "describe", "example", "how_to_get", "run", "summary", "taixu_version", "usage"]

summary = "Says what is installed, what the graphics card offers, what is missing and how to get it; or where a file came from."
usage = "[FILE] [options]"
example = "taixu info --json"

_NAME = re.compile(r"[A-Za-z0-9._-]+")
_EXTRA = re.compile(r"extra == ['\"](\w+)['\"]")
_DISTRIBUTIONS = {"OpenGL": "pyopengl", "imgui_bundle": "imgui-bundle", "basisu": "opengl-basisu"}
"""Distributions whose module is called otherwise."""
_BACKENDS = ("pybullet", "rapier3d")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, and what to search for."""
    parser.add_argument("file", nargs="?", type=Path, metavar="FILE", help="say how this was made: its record, mark, signature")
    parser.add_argument("--find", default="", metavar="WORDS", help='search a project or a world: "lamps near line a"')


def taixu_version() -> str:
    """The version of the installed distribution."""
    try:
        return version("taixu")
    except PackageNotFoundError:
        return "unpacked"


def run(args: argparse.Namespace) -> int:
    """Show it, or answer with it."""
    if args.find:
        from taixu.cli.finding import find_in_project

        if args.file is None:
            raise UsageError('--find wants a project or a world to search: taixu info samples/factory --find "lamps near line a"')
        return find_in_project(args.file, args.find, args.console)
    if args.file is not None:
        from taixu.cli.origins import tell_origin

        return tell_origin(args.file, args.console)
    found = describe()
    args.console.answer(found)
    gpu = found["gpu"]
    system = f"{found['system']}, {found['processors']} processors"
    known = [f"{name} {number}" for name, number in found["packages"].items() if number]
    missing = [name for name, number in found["packages"].items() if not number]
    graphics = f"{gpu['renderer']}, OpenGL {gpu['version']}" if gpu else found["gpu_problem"]
    lines = [
        f"taixu {found['taixu']}, Python {found['python']}, {system}",
        f"  GPU       {graphics}",
        f"  physics   {', '.join(found['physics']) or 'none'}",
        f"  packages  {', '.join(known)}",
    ]
    lines += [f"  missing   {name}: pip install taixu" for name in missing]
    for name, extra in found["extras"].items():
        lacks = f"lacks {', '.join(extra['missing'])}: {extra['install']}"
        lines.append(f"  {name:<9} {lacks if extra['missing'] else 'installed'}")
    lines.append(f"  plugins   {', '.join(found['plugins']) or 'none'}")
    args.console.show("\n".join(lines))
    return 0


def describe() -> dict[str, Any]:
    """All that is known, as one mapping."""
    core, extras = _requirements()
    packages = {name: _installed(name) for name in core}
    gpu, problem = _gpu()
    return {
        "taixu": taixu_version(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count() or 1,
        "executable": sys.executable,
        "gpu": gpu,
        "gpu_problem": problem,
        "physics": [name for name in _BACKENDS if _installed(name)],
        "packages": packages,
        "extras": {
            name: {
                "missing": [package for package in wanted if not _installed(package)],
                "install": f'pip install "taixu[{name}]"',
            }
            for name, wanted in extras.items()
        },
        "plugins": sorted(point.name for point in entry_points(group="taixu.plugins")),
    }


def how_to_get(module: str) -> str:
    """The command that installs a missing module: the extra that brings it, or Taixu itself."""
    try:
        _, extras = _requirements()
    except OSError:
        extras = {}
    name = _DISTRIBUTIONS.get(module, module).lower().replace("_", "-")
    extra = next((extra for extra, wanted in extras.items() if name in (package.lower() for package in wanted)), None)
    return f'pip install "taixu[{extra}]"' if extra else "pip install --force-reinstall taixu"


def _installed(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _requirements() -> tuple[list[str], dict[str, list[str]]]:
    """What the distribution asks for: its core packages here, and those of each extra."""
    try:
        asked = requires("taixu") or []
    except PackageNotFoundError:
        asked = []
    core: list[str] = []
    extras: dict[str, list[str]] = {}
    for line in asked:
        found = _NAME.match(line)
        if found is None:
            continue
        name, extra = found.group(), _EXTRA.search(line)
        if extra is None:
            if name != "pybullet" or _installed(
                name
            ):  # its wheel is for one platform, and another backend stands in
                core.append(name)
        elif extra.group(1) not in ("all", "dev") and name != "taixu":
            extras.setdefault(extra.group(1), []).append(name)
    return core, extras


def _gpu() -> tuple[dict[str, Any] | None, str | None]:
    """What the device says of itself, or the sentence that says why there is none."""
    try:
        from taixu.gpu import create_device

        device = create_device()
    except TaixuError as error:
        return None, str(error)
    except ImportError as error:
        return None, f"nothing can be drawn ({error}); {how_to_get(error.name or '')} brings it"
    can = device.capabilities
    device.release()
    return {
        "renderer": can.name,
        "version": can.version,
        "software": can.is_software,
        "max_texture_size": can.max_texture_size,
        "max_samples": can.max_samples,
        "compressed_textures": [name for name in ("s3tc", "bptc") if getattr(can, f"has_{name}")],
    }, None
