"""``taixu serve``: a world without a window, fed and watched over the network."""

from __future__ import annotations

import argparse
from functools import partial
from pathlib import Path
from typing import Any

from taixu.cli.finding import search_model
from taixu.cli.keeping import keep_between_sessions
from taixu.cli.logs import log_as_json
from taixu.cli.mods.loading import tell_mods
from taixu.cli.serving import add_address, open_server, refuse_open_doors, run_server

__all__ = ["add_arguments", "example", "run", "summary", "usage"]

summary = "Runs a world as a twin: readings come in over the network, and all that happens can be recorded."
usage = "WORLD [options]"
example = "taixu serve samples/playground --record today"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the world, the address, and who may come in."""
    add = parser.add_argument
    add("world", type=Path, metavar="WORLD", help="a project folder or a *.world.json file")
    add("--record", type=Path, metavar="DIR", help="record everything into a folder; beside it if it has a recording")
    add("--trust", action="store_true", help="let the project run its scripts, open its sources and start its simulators")
    add("--log", choices=("text", "json"), default="text", help="sentences, or one JSON object a line")
    add_address(parser)


def run(args: argparse.Namespace) -> int:
    """Open, serve until told to end, and say what happened."""
    from taixu.defaults import App
    from taixu.defaults.past import open_past
    from taixu.serve.past import PastSource
    from taixu.twin.feed import Feed
    from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin, open_world_sources
    from taixu.twin.simulators import open_world_simulators

    refuse_open_doors(args)
    if args.log == "json":
        log_as_json()
    with App.headless(trust=args.trust or None, plugins=(TwinPlugin(),)) as app:
        app.open(args.world)
        app.mods.wait = False  # whoever looks on sees the world go on, whatever a mod takes
        keep_between_sessions(app, args.world)
        tell_mods(app, args.console)
        configure_twin(app.world)
        app.settle()
        if args.record is not None:
            recorder = begin_recording(app, args.record, project=str(_project_of(app)), world=str(args.world))
            app.insert_resource(PastSource(partial(open_past, recorder.about)))
            if recorder.folder != args.record:
                args.console.say(f"{args.record} holds a recording; this one goes into {recorder.folder}")
        model = search_model()
        if model is not None:
            app.insert_resource(model)
        sources = open_world_sources(app)
        for simulator in open_world_simulators(app.world, sources):
            app.on_close(simulator.close)
        server, shown = open_server(args, app, sources=sources)
        args.console.say(f"serving {args.world} at {server.url}{shown}")
        run_server(args, server)
        report: dict[str, Any] = {
            "url": server.url, "ticks": app.clock.ticks, "entities": len(app.world),
            "readings": app.resource(Feed).counts.as_dict(),
        }
    if args.record is not None:
        report["recording"] = str(recorder.folder)
    args.console.answer(report)
    args.console.show(f"served {report['ticks']:,} ticks; {report['readings']['readings']:,} readings")
    return 0


def _project_of(app: Any) -> Path:
    from taixu.edit import Project

    root: Path = app.resource(Project).root
    return root.resolve()
