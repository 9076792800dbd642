"""``taixu convert``: the same thing in another format."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from taixu.errors import UsageError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Writes a model, a picture or a sound in another format; the endings say which."
usage = "IN OUT [options]"
example = "taixu convert crate.obj crate.glb"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare both files."""
    parser.add_argument("source", type=Path, metavar="IN", help="a model, a picture or a sound")
    parser.add_argument("out", type=Path, metavar="OUT", help="X.glb, X.png .jpg .webp .exr .hdr, X.wav, tileset.json")


def run(args: argparse.Namespace) -> int:
    """Read, then write: what writes a format does so whole or not at all."""
    from taixu.cli.conversions import conversion

    if args.source.resolve() == args.out.resolve():
        raise UsageError(f"{args.out} is the file to read; name another to write")
    if args.out.is_dir():
        raise UsageError(f"{args.out} is a folder; name a file in it")
    from taixu.generate import licence_findings

    convert = conversion(args.source, args.out)
    about: dict[str, Any] = convert(args.source, args.out)
    _carry_over(args.source, args.out)
    licences = [f"{found}" for found in licence_findings([args.source]) if found.severity == "warning"]
    for said in licences:
        args.console.say(f"licence: {said}")
    args.console.show(f"{args.out}")
    args.console.answer({"out": str(args.out), "from": str(args.source), "licences": licences} | about)
    return 0


def _carry_over(source: Path, out: Path) -> None:
    """What stands beside the one about licence and origin stands beside the other, too."""
    from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, write_sidecar
    from taixu.generate.provenance import content_of

    said = read_sidecar(source)
    if said is None or not (said.licence or said.author or said.provenance.generator or said.provenance.model_licence):
        return
    path = Path(os.path.relpath(source.resolve(), out.resolve().parent)).as_posix()
    beside = read_sidecar(out) or Sidecar()
    beside.licence, beside.author, beside.source = said.licence, said.author, said.source
    beside.provenance = Provenance(
        model=said.provenance.model, model_licence=said.provenance.model_licence, prompt=said.provenance.prompt,
        parents=[path], parent_contents={path: content_of(source)},
    )  # fmt: skip
    write_sidecar(out, beside)
