"""``taixu replay``: any moment of a recording, in words or as a picture."""

from __future__ import annotations

import argparse
import math
import time
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.cli.files import finished_file, need_suffix
from taixu.cli.finding import find_in_recording, search_model
from taixu.cli.options import size
from taixu.cli.rules_tried import try_rules
from taixu.cli.serving import add_address, open_server, refuse_open_doors, run_server
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.defaults import App
    from taixu.twin.memory import Moment, Recording
    from taixu.twin.processes import ProcessReport

__all__ = ["add_arguments", "example", "read_time", "run", "summary", "usage"]

_CLOSED_TO = "this is a recording: it is looked at, and nothing can be told or asked of it"

_AT_REST_SECS = 60.0
"""What was written to since may be still being written: its newest segment is left alone."""

summary = "Says what a recording holds, or shows the world as it was at any moment."
usage = "RECORDING [--at TIME] [--out FILE] [options]"
example = "taixu replay night-shift --at 2026-05-01T03:12:00Z --out then.png"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the recording, the moment and what to show of it."""
    add = parser.add_argument
    add("recording", type=Path, metavar="RECORDING", help="the folder that a twin recorded into")
    add("--at", default="", metavar="TIME", help="2026-05-01T08:00:00Z, or seconds (-5: from the end)")
    add("--known", default="", metavar="TIME", help="what was true by all that was known by this one")
    add("--against", default="", metavar="TIME", help="say what is different from another moment")
    add("--find", default="", metavar="WORDS", help='search it: "pumps over 80 degrees last night"')
    add("--tables", type=Path, metavar="DIR", help="write all as Parquet tables, for DuckDB and others")
    add("--out", type=Path, metavar="FILE", help="the picture: X.png or X.exr")
    add("--project", type=Path, metavar="DIR", help="where the project's files are now")
    add("--camera", default=None, metavar="NAME", help="a camera of the world")
    add("--size", type=size, default=(1280, 720), metavar="WxH", help="in pixels; 1280x720")
    add("--to-postgres", metavar="VAR", help="bring it to the PostgreSQL that this variable names")
    add("--thin", type=float, metavar="SECS", help="keep a value every so many seconds, and extremes")
    add("--but-last", type=float, default=0.0, metavar="HOURS", help="leave the newest hours as they are when thinning")
    add("--rules", type=Path, metavar="FILE", help="try rules: a JSON list, or a world that has some")
    add("--serve", action="store_true", help="let browsers look, at any moment; options as of serve")
    add_address(parser, is_told=False)


def run(args: argparse.Namespace) -> int:
    """Open it, go there, show it."""
    from taixu.twin.memory import Recording
    from taixu.twin.memory.comparing import compare_moments
    from taixu.twin.processes import mine_cases
    from taixu.twin.processes.resuming import cases_of

    if args.out is not None:
        need_suffix(args.out, (".png", ".exr"), option="--out")
    if (args.known or args.against) and not args.at:
        raise UsageError("--known and --against want --at: which moment")
    recording = Recording(args.recording)
    if args.to_postgres:
        return _bring(args, recording)
    if args.thin is not None:
        return _thin(args, recording)
    if args.rules is not None:
        return try_rules(args, recording)
    if args.find:
        at_ns = read_time(args.at, recording, option="--at") if args.at else recording.span_ns[1]
        return find_in_recording(args, recording, at_ns=at_ns)
    if args.serve:
        return _serve(args, recording)
    first, last = recording.span_ns
    report: dict[str, Any] = {
        "recording": str(args.recording), "from": text_of(first), "to": text_of(last), "ticks": recording.tick_count,
        "rows": recording.rows,
        "events": sum(1 for _ in recording.events()),
    }
    known = read_time(args.known, recording, option="--known") if args.known else None
    at = read_time(args.at, recording, option="--at") if args.at else last
    moment = recording.moment(at, known_ns=known)
    report |= {"at": text_of(at), "tick": moment.tick, "entities": len(moment.tracks)}
    lines = [
        f"{args.recording}: {report['from']} to {report['to']}",
        f"{report['ticks']:,} ticks, {report['rows']:,} values, {report['events']:,} events",
        f"at {report['at']}: {report['entities']:,} entities",
    ]
    if args.against:
        other = recording.moment(read_time(args.against, recording, option="--against"))
        report["different"] = compare_moments(moment, other).counts()
        lines += [f"  {name}: {count:,} different" for name, count in report["different"].items()] or ["  nothing is different"]
    processes = mine_cases(cases_of(recording, until_ns=at), now_ns=at)
    if processes:
        report["processes"] = [each.as_dict() for each in processes]
        lines += [_process_line(each) for each in processes]
    if args.tables is not None:
        report["tables"] = _export(args, recording)
        lines += [f"  {args.tables / name}: {rows:,} values" for name, rows in report["tables"].items()]
    if args.out is not None:
        report["notes"] = _draw(args, recording, moment)
        report["out"] = str(args.out)
        lines += [*report["notes"], f"{args.out}"]
    args.console.answer(report)
    args.console.show("\n".join(lines))
    return 0


def _process_line(report: ProcessReport) -> str:
    took = "" if math.isnan(report.mean_secs) else f", {report.mean_secs:,.0f} s on average"
    worst = report.states[0] if report.states else None
    where = "" if worst is None else f"; most time goes into {worst.name!r} ({worst.queue:.2f} at once)"
    return f"  {report.process}: {report.closed:,} cases closed{took}, {report.open:,} open{where}"


def read_time(text: str, recording: Recording, *, option: str) -> int:
    """Nanoseconds since 1970 of a time that a person writes.

    Raises
    ------
    UsageError
        When it is none.
    """
    first, last = recording.span_ns
    try:
        secs = float(text)
    except ValueError:
        secs = math.nan
    if math.isfinite(secs):
        if abs(secs) > 1e11:
            raise UsageError(f"{option}: {text} seconds are too many")
        return (last if secs < 0 or text.startswith("-") else first) + round(secs * 1e9)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option}: {text[:40]!r} is no time; write 2026-05-01T08:00:00Z, or seconds from the beginning") from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1e6) * 1000


def text_of(time_ns: int) -> str:
    """A time in ISO 8601, UTC, to the microsecond."""
    try:
        return datetime.fromtimestamp(time_ns / 1e9, UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        raise TaixuError(f"a recording speaks of {time_ns} ns, a time that no calendar has; it is damaged") from None


def _export(args: argparse.Namespace, recording: Recording) -> dict[str, int]:
    from taixu.twin.memory.export import export_tables

    with args.console.progress("writing tables", 100) as bar:
        shown = 0

        def show(done: int, total: int) -> None:
            nonlocal shown
            while shown < 100 * done // total:
                shown += 1
                bar.step()

        return export_tables(recording, args.tables, progress=show)


def _bring(args: argparse.Namespace, recording: Recording) -> int:
    from taixu.twin.memory.following import bring_recording
    from taixu.twin.memory.postgres import PostgresSink, read_postgres

    found = read_postgres({"url_variable": args.to_postgres})
    assert found is not None
    with args.console.progress("bringing", 100) as bar:
        shown = 0
        first, last = recording.span_ns

        def show(known_ns: int) -> None:
            nonlocal shown
            while shown < 100 * (known_ns - first) // max(last - first, 1):
                shown += 1
                bar.step()

        rows = bring_recording(args.recording, PostgresSink(found[0]), progress=show)
    args.console.answer({"recording": str(args.recording), "rows": rows})
    args.console.show(f"{args.recording}: {rows:,} values are there now that were not")
    return 0


def _thin(args: argparse.Namespace, recording: Recording) -> int:
    from taixu.twin.memory.index import segment_files
    from taixu.twin.memory.keeping import keep_recording, read_keep

    if not args.thin > 0 or not args.but_last >= 0:
        raise UsageError("--thin takes seconds, more than 0, and --but-last hours")
    end_ns = recording.span_ns[1]
    keep = read_keep({"full_hours": args.but_last or 1e-6, "then_every_secs": args.thin})
    newest = max(path.stat().st_mtime for path in segment_files(args.recording))
    with args.console.progress("thinning", len(segment_files(args.recording))) as bar:
        kept = keep_recording(
            args.recording, keep, now_ns=end_ns + 1_000_000_000, is_written=time.time() - newest < _AT_REST_SECS,
            progress=lambda done, total: bar.step(),
        )  # fmt: skip
    report = {"recording": str(args.recording), "thinned": len(kept.thinned), "saved_bytes": kept.saved_bytes}
    args.console.answer(report)
    args.console.show(f"{args.recording}: {len(kept.thinned):,} segments thinned; {kept.saved_bytes / 1e6:,.1f} MB are free again")
    return 0


def _draw(args: argparse.Namespace, recording: Recording, moment: Moment) -> list[str]:
    from taixu.defaults import App

    with App.headless(size=args.size) as app:
        notes = _enter(app, args, recording, moment)
        picture = app.picture(camera=args.camera, linear=args.out.suffix.lower() == ".exr")
        with finished_file(args.out) as unfinished:
            picture.save(unfinished)
    return notes


def _enter(app: App, args: argparse.Namespace, recording: Recording, moment: Moment) -> list[str]:
    """Fill the app's world with a moment; its files are looked for where they were, or where the user says."""
    from taixu.defaults.past import enter_recording
    from taixu.twin.plugin import TwinPlugin
    from taixu.twin.recalling import recall_moment

    app.add_plugin(TwinPlugin())
    app.clock.paused = True
    notes = enter_recording(app, recording.about, project=args.project)
    return notes + recall_moment(app, moment)


def _serve(args: argparse.Namespace, recording: Recording) -> int:
    """Viewers over a recording: they begin at its end, and go wherever they like."""
    from taixu.defaults import App
    from taixu.defaults.past import open_past
    from taixu.serve.past import PastSource
    from taixu.twin.memory.chronicle import Chronicle
    from taixu.twin.rules import Alarms

    refuse_open_doors(args)
    last = recording.span_ns[1]
    moment = recording.moment(last)
    chronicle = Chronicle(recording)
    chronicle.refresh()
    with App.headless(trust=False) as app:
        for note in _enter(app, args, recording, moment):
            args.console.say(note)
        app.resource(Alarms).recall(chronicle.alarms(last))
        app.insert_resource(PastSource(partial(open_past, recording.about, project=args.project), args.recording, last))
        model = search_model()
        if model is not None:
            app.insert_resource(model)
        server, shown = open_server(args, app, closed_to=_CLOSED_TO)
        args.console.say(f"serving {args.recording} at {server.url}{shown}")
        run_server(args, server)
        url = server.url
    args.console.answer({"url": url, "recording": str(args.recording)})
    return 0
