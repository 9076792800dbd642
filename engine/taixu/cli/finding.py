"""Searches by words: ``taixu replay night --find "every pump over 80 degrees last night"``, ``taixu info PROJECT --find "..."``."""

from __future__ import annotations

import argparse
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from taixu.errors import UsageError

if TYPE_CHECKING:
    from taixu.cli.console import Console
    from taixu.ecs import World
    from taixu.twin.memory import Recording
    from taixu.twin.search import Found, SearchQuery
    from taixu.twin.search.asking import SearchModel

__all__ = ["find_in_project", "find_in_recording", "search_model"]


def search_model() -> SearchModel | None:
    """The language model of the user's, for what rules do not understand; None where none is set up."""
    from taixu.mods.authoring.language.chat import ask
    from taixu.mods.authoring.language.endpoint import find_endpoint
    from taixu.twin.search.asking import SearchModel

    try:
        endpoint = find_endpoint()
    except UsageError:
        return None
    return SearchModel(partial(ask, endpoint, seed=0, timeout_secs=60.0), endpoint.model)


def find_in_recording(args: argparse.Namespace, recording: Recording, *, at_ns: int) -> int:
    """Say what is found in a recording; times count from a moment of it."""
    from taixu.defaults.past import open_past
    from taixu.twin.recalling import recall_moment

    with open_past(recording.about, project=args.project) as app:
        recall_moment(app, recording.moment(at_ns))
        return _find(app.world, args.find, args.console, now_ns=at_ns, recording=recording)


def find_in_project(path: Path, text: str, console: Console) -> int:
    """Say what is found in a world and among the files of its project."""
    from taixu.defaults import App
    from taixu.twin.plugin import TwinPlugin

    with App.headless(trust=False, plugins=(TwinPlugin(),)) as app:
        app.open(path)
        app.settle()
        return _find(app.world, text, console, now_ns=time.time_ns())


def _find(world: World, text: str, console: Console, *, now_ns: int, recording: Recording | None = None) -> int:
    from taixu.edit import Project
    from taixu.twin.search.searching import find

    project = world.resource(Project).root if world.has_resource(Project) else None
    query, found = find(world, text, now_ns=now_ns, recording=recording, project=project, model=search_model())
    return _tell(found, query, console)


def _tell(found: list[Found], query: SearchQuery, console: Console) -> int:
    console.answer({"query": query.as_dict(), "found": [each.as_dict() for each in found]})
    lines = [_line(each) for each in found]
    if len(found) == query.limit:
        lines.append(f"the first {query.limit}; there may be more")
    console.show("\n".join(lines) or "nothing is found")
    return 0


def _line(found: Found) -> str:
    from taixu.cli.replay import text_of

    name = found.name if found.at is not None or found.id.isalnum() else found.id
    parts = [f"{name or found.id}{f' ({found.kind})' if found.kind else ''}"]
    if found.at is not None:
        parts.append("at " + " ".join(f"{each:g}" for each in found.at))
    if found.distance_m is not None:
        parts.append(f"{found.distance_m:.1f} m away")
    for each in found.because:
        value = each.value if isinstance(each.value, str) else f"{each.value:g}"
        when = "" if each.at_ns is None else f" at {text_of(each.at_ns)}"
        parts.append(f"{each.field} {value}{f' {each.unit}' if each.unit else ''}{when}")
    return "  " + ", ".join(parts)
