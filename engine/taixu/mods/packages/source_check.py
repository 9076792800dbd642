"""What a mod's sources say without being run: names of `game` that do not exist, and capabilities used but not asked for.

A help for authors and for who reads a mod before playing it. It is no boundary: the box is.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from taixu.assets.findings import Finding
from taixu.mods.grants import FORBIDDEN
from taixu.mods.packages.manifest import Manifest
from taixu.mods.packages.package import Package
from taixu.script.api import API, CALLBACKS, Crossing

__all__ = ["package_findings", "parse_source", "script_findings"]

_SAFE_MODULES = frozenset((
    "game", "math", "random", "json", "re", "collections", "itertools", "functools", "dataclasses", "enum", "typing", "string",
    "heapq", "bisect", "array", "struct", "operator", "statistics", "fractions", "decimal", "copy", "textwrap", "abc", "__future__",
    "numbers", "types", "contextlib", "datetime", "time", "base64", "hashlib", "colorsys", "graphlib", "queue", "weakref",
    "warnings",
))  # fmt: skip
_OUTSIDE = frozenset((
    "os", "sys", "socket", "subprocess", "ctypes", "threading", "multiprocessing", "pathlib", "shutil", "urllib", "http", "ssl",
    "asyncio", "importlib", "builtins", "io", "tempfile", "pickle", "marshal", "signal", "mmap", "numpy", "taixu", "requests",
))  # fmt: skip
_CAPABILITY_OF = {entry.name: entry.capability for entry in API if entry.capability}
_MOST_FINDINGS = 100


def parse_source(name: str, text: str) -> ast.Module | Finding:
    """The syntax tree of a source, or why there is none."""
    try:
        return ast.parse(text, filename=name)
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        return Finding("error", f"{name}: line {line}" if line else name, str(getattr(error, "msg", error)))
    except (RecursionError, MemoryError):
        return Finding("error", name, "nests too deep for Python; write it plainer")


def package_findings(package: Package, *, components: Mapping[str, Iterable[str]] | None = None) -> list[Finding]:
    """All that can be said of a package whose manifest and files are good.

    Parameters
    ----------
    components
        Fields by component that are known, to compare the manifest's columns with; nothing is compared where there are none.
    """
    findings: list[Finding] = []
    used: dict[str, str] = {}
    callbacks: set[str] = set()
    own = {name.removesuffix(".py").replace("/", ".").removesuffix(".__init__").partition(".")[0] for name in package.sources}
    for name, text in sorted(package.sources.items()):
        tree = parse_source(name, text)
        if isinstance(tree, Finding):
            findings.append(tree)
            continue
        findings += _unknown_names(name, tree, used)
        findings += _imports(name, tree, own)
        if name == package.manifest.entry:
            callbacks = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    if not any(found.severity == "error" for found in findings):
        findings += _capabilities(package.manifest, used)
        findings += _callbacks(package.manifest, callbacks)
    if components:
        findings += _unknown_columns(package.manifest, components)
    return findings[:_MOST_FINDINGS]


def script_findings(sources: Mapping[str, str]) -> tuple[list[Finding], frozenset[str]]:
    """What a script of a project does that a mod cannot, and the capabilities that it uses: it is to run as one.

    Parameters
    ----------
    sources
        Its files, the entry first.
    """
    findings: list[Finding] = []
    used: dict[str, str] = {}
    own = {name.removesuffix(".py") for name in sources}
    native = {each.name for each in API if each.crossing is Crossing.NATIVE}
    for number, (name, text) in enumerate(sources.items()):
        tree = parse_source(name, text)
        if isinstance(tree, Finding):
            findings.append(tree)
            continue
        findings += _unknown_names(name, tree, used)
        findings += _imports(name, tree, own)
        for node in ast.walk(tree):
            of_game = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "game"
            if isinstance(node, ast.Attribute) and of_game and node.attr in native:
                findings.append(Finding("error", f"{name}: line {node.lineno}", f"game.{node.attr} is not there in a mod"))
        if number == 0:
            callbacks = {each.name for each in CALLBACKS if each.native_only}
            findings += [
                Finding("warning", f"{name}: line {node.lineno}", f"{node.name} is never called in a mod")
                for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in callbacks
            ]  # fmt: skip
    return findings[:_MOST_FINDINGS], frozenset(used)


def _unknown_columns(manifest: Manifest, components: Mapping[str, Iterable[str]]) -> Iterator[Finding]:
    """Columns that no component here has: a project may declare others, so they are doubts."""
    for column in sorted({*manifest.read, *manifest.write}):
        component, _, name = column.partition(".")
        if component in FORBIDDEN:
            yield Finding("error", "mod.toml: access", f"no mod may have {component}; leave it out")
        elif component not in components:
            yield Finding("warning", "mod.toml: access", f"there is no component {component}{_guess(component, components)}")
        elif name and name not in components[component]:
            yield Finding("warning", "mod.toml: access", f"{component} has no field {name}{_guess(name, components[component])}")


def _unknown_names(file: str, tree: ast.Module, used: dict[str, str]) -> Iterator[Finding]:
    """Names of the module `game` that are not in its table, also under another name; `used` gets capabilities by first place."""
    known = {entry.name for entry in API}
    aliases = {"game"}
    taken: list[tuple[str, int]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            aliases |= {alias.asname for alias in node.names if alias.name == "game" and alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module == "game" and not node.level:
            taken += [(alias.name, node.lineno) for alias in node.names if alias.name != "*"]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in aliases:
            taken.append((node.attr, node.lineno))
    for name, line in sorted(set(taken), key=lambda each: (each[1], each[0])):
        where = f"{file}: line {line}"
        if name in _CAPABILITY_OF:
            used.setdefault(_CAPABILITY_OF[name], where)
        if name not in known:
            yield Finding("error", where, f"game has no {name}{_guess(name, known)}")


def _imports(file: str, tree: ast.Module, own: set[str]) -> Iterator[Finding]:
    for node in ast.walk(tree):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names = [node.module]
        for name in names:
            top = name.partition(".")[0]
            where = f"{file}: line {node.lineno}"  # type: ignore[attr-defined]
            if top in _OUTSIDE:
                yield Finding("error", where, f"the box has no {name}: nothing outside of it can be reached")
            elif top not in _SAFE_MODULES and top not in own:
                yield Finding("warning", where, f"{name} is neither in the package nor known to be in the box")


def _capabilities(manifest: Manifest, used: dict[str, str]) -> Iterator[Finding]:
    for name, where in sorted(used.items()):
        if name not in manifest.capabilities:
            yield Finding("error", where, f"uses {name}, which mod.toml does not ask for; add [capabilities.{name}] with a why")
    checkable = set(_CAPABILITY_OF.values())
    for name in manifest.capabilities:
        if name in checkable and name not in used:
            why = "is asked for, and nothing uses it; players trust a mod that asks for less"
            yield Finding("warning", f"mod.toml: capabilities.{name}", why)


def _callbacks(manifest: Manifest, defined: set[str]) -> Iterator[Finding]:
    known = {callback.name: callback for callback in CALLBACKS}
    for name in sorted(defined):
        if name in known and known[name].native_only:
            yield Finding("warning", manifest.entry, f"{name} is never called in a mod")
        elif name.startswith("on_") and name not in known:
            yield Finding("warning", manifest.entry, f"{name} is never called{_guess(name, known)}")
    if not defined & known.keys():
        yield Finding("warning", manifest.entry, f"defines none of {', '.join(known)}, so it does nothing after it was loaded")


def _guess(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name, list(known), n=1, cutoff=0.7)
    return f"; did you mean {near[0]}?" if near else ""
