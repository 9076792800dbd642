"""``taixu generators``: which there are, what each takes, which need weights."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.generate import Generator

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Lists the generators that are installed, what each takes, and what is missing."
usage = "[NAME] [options]"
example = "taixu generators sound"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the name."""
    parser.add_argument("name", nargs="?", default="", metavar="NAME", help="a generator, or what is made; all by default")
    parser.add_argument("--sheet", default="", metavar="FILE", help="draw every family of materials on a ball and a plane")
    parser.add_argument("--variants", action="store_true", help="with --sheet: each family in all its looks")


def run(args: argparse.Namespace) -> int:
    """List them; one alone with its parameters."""
    if args.sheet:
        return _draw_sheet(args)
    from taixu.generate import Generators

    generators = Generators()
    chosen = list(generators)
    if args.name:
        one = generators.find(args.name)
        chosen = [each for each in chosen if args.name in (each.name, each.makes)] or [one]
    found = [_about(each) for each in chosen]
    for about in found:
        _show(about, args.console, is_whole=bool(args.name))
    for problem in generators.problems:
        args.console.say(problem)
    args.console.answer({"generators": found, "problems": generators.problems})
    return 0


def _draw_sheet(args: argparse.Namespace) -> int:
    from pathlib import Path

    from taixu.generate.materials.sheet import write_sheet

    if args.name not in ("", "material"):
        raise UsageError(f"--sheet draws materials, not {args.name}")
    file, count = Path(args.sheet), write_sheet(Path(args.sheet), with_variants=args.variants)
    args.console.show(str(file))
    args.console.answer({"out": [str(file)], "looks": count})
    return 0


def _about(generator: Generator) -> dict[str, Any]:
    from taixu.edit.parameters import parameter_schema

    schema = parameter_schema(generator.parameters)
    defaults = generator.parameters()
    for each in fields(generator.parameters):
        schema["properties"][each.name]["default"] = getattr(defaults, each.name)
    try:
        generator.check_machine()
        missing = ""
    except TaixuError as error:
        missing = str(error)
    return {
        "name": generator.name, "makes": generator.makes, "summary": generator.summary, "version": generator.version,
        "suffix": generator.suffix, "licence": generator.licence, "source_type": generator.source_type,
        "needs_weights": generator.needs.weights, "extra": generator.needs.extra, "memory_mb": generator.needs.memory_mb,
        "missing": missing, "parameters": schema,
    }  # fmt: skip


def _show(about: dict[str, Any], console: Any, *, is_whole: bool) -> None:
    weights = ", with weights of yours (--model)" if about["needs_weights"] else ""
    made = "" if about["makes"] == about["name"] else f" [{about['makes']}]"
    console.show(f"{about['name']}{made}: {about['summary']}{weights}")
    if about["missing"]:
        console.show(f"  {about['missing']}")
    properties = about["parameters"]["properties"]
    if not is_whole:
        console.show(f"  takes {', '.join(properties) or 'nothing'}")
        return
    for name, schema in properties.items():
        console.show(f"  {name:<16} {schema.get('description', '')} {_range(schema)}".rstrip())


def _range(schema: dict[str, Any]) -> str:
    unit = f" {schema['unit']}" if schema.get("unit") else ""
    default = f"default {schema['default']}"
    limits = schema.get("items", next(iter(schema.get("prefixItems", ())), {})) if schema.get("type") == "array" else schema
    if "enum" in schema:
        return f"({', '.join(map(str, schema['enum']))}; {default})"
    if "minimum" in limits and "maximum" in limits:
        return f"({limits['minimum']:g} to {limits['maximum']:g}{unit}, {default})"
    return f"({default}{unit})"
