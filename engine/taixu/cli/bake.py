"""``taixu bake``: a world's indirect light, found once for machines that are to trace nothing."""

from __future__ import annotations

import argparse
from pathlib import Path
from time import perf_counter

from taixu.cli.files import finished_file, need_suffix
from taixu.errors import TaixuError

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Finds the light that surfaces of a world send each other, and keeps it in a file."
usage = "WORLD --out FILE [options]"
example = "taixu bake samples/gallery --out gallery.probes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which world, and the file."""
    add = parser.add_argument
    add("world", type=Path, metavar="WORLD", help="a project folder or a *.world.json that has light_probes")
    add("--out", type=Path, required=True, metavar="FILE", help="X.probes; name it in the component's field `baked`")
    add("--trust", action="store_true", help="let the project run its scripts")


def run(args: argparse.Namespace) -> int:
    """Open it, let its probes look around, write what they found."""
    need_suffix(args.out, (".probes",), option="--out")
    from taixu.cli.staging import open_thing
    from taixu.defaults import App
    from taixu.render.indirect import IndirectFeature, encode_probes
    from taixu.scene import LightProbes

    start = perf_counter()
    with App.headless(size=(64, 64), trust=args.trust or None) as app:
        open_thing(app, args.world, animated=False)
        app.settle()
        entities = [int(entity) for table in app.world.query(LightProbes) for entity in table.entities]
        if not entities:
            raise TaixuError(f"{args.world} has no light_probes: give one of its entities that component")
        app.world.set(entities[0], LightProbes, enabled=True, baked="")
        app.picture(samples=1)
        feature = app.drawing.renderer.feature(IndirectFeature.name)
        assert isinstance(feature, IndirectFeature)
        field = feature.field_of(app.world)
        if field is None or field.lattice is None:
            raise TaixuError(f"{args.world} is drawn without its probes' light, so that there is nothing to keep")
        made_by = {"world": args.world.name, "rays": int(app.world.get(entities[0], LightProbes).rays)}
        data = encode_probes(field.baked(**made_by))
        with finished_file(args.out) as unfinished:
            unfinished.write_bytes(data)
        report = {
            "out": str(args.out), "probes": field.lattice.count, "spacing_m": round(field.lattice.spacing_m, 3),
            "bytes": len(data), "seconds": round(perf_counter() - start, 3),
        }  # fmt: skip
    args.console.answer(report)
    args.console.show(f"{args.out}: {report['probes']} probes, {report['bytes']:,} bytes, in {report['seconds']} s")
    return 0
