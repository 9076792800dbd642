"""Generating, as operations: palette, console, scripts and agents do what the panel does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from taixu.edit import Command, Nothing, Operation, Session
from taixu.edit.conditions import no_world
from taixu.errors import TaixuError, UsageError
from taixu_editor.assets.operations import PlaceParameters
from taixu_editor.generating.applying import plan_apply
from taixu_editor.generating.scripts import WriteModParameters, plan_write
from taixu_editor.generating.varying import vary
from taixu_editor.generating.wish import Wish, chance

if TYPE_CHECKING:
    from taixu_editor.generating.history import Entry
    from taixu_editor.generating.task import Task
    from taixu_editor.host import Host

__all__ = ["GENERATE_OPERATIONS"]

_MOST_AT_ONCE = 64


@dataclass(frozen=True, slots=True)
class StartParameters:
    """What to make, of what. A `seed` below 0 is chosen by chance."""

    generator: str = field(metadata={"doc": "its name, or what shall be made: material, texture, sound, mesh"})
    prompt: str = ""
    seed: int = field(default=-1, metadata={"minimum": -1})
    settings: dict[str, Any] = field(default_factory=dict, metadata={"doc": "parameters that go before what the words mean"})
    model: str = field(default="", metadata={"doc": "weights: a folder, a file, or a name that the generator knows"})
    parents: tuple[str, ...] = field(default=(), metadata={"doc": "files of the project that it is made from"})
    count: int = field(default=1, metadata={"doc": "how many, each of another seed", "minimum": 1, "maximum": _MOST_AT_ONCE})
    wait: bool = field(default=False, metadata={"doc": "whether to wait for the results, which are given then"})


@dataclass(frozen=True, slots=True)
class VaryParameters:
    """A result, and how many like it."""

    result: str
    count: int = field(default=4, metadata={"minimum": 1, "maximum": _MOST_AT_ONCE})
    amount: float = field(default=0.0, metadata={"doc": "how far sliders move, of their range", "minimum": 0.0, "maximum": 1.0})
    keep_seed: bool = False
    wait: bool = False


@dataclass(frozen=True, slots=True)
class TaskParameters:
    """A task of the queue; all where none is named."""

    task: str = ""


@dataclass(frozen=True, slots=True)
class MoveTaskParameters:
    """A task that waits, and its place among those that wait; 0 comes next."""

    task: str
    place: int = 0


@dataclass(frozen=True, slots=True)
class ResultParameters:
    """A result of the project's history."""

    result: str


@dataclass(frozen=True, slots=True)
class KeepParameters:
    """A result, and where in the project its files go; a folder for its kind and a name out of its words where these are empty."""

    result: str
    folder: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StarParameters:
    """A result, and whether it has a star: those stay in the history."""

    result: str
    star: bool = True


def _start(host: Host, p: StartParameters) -> dict[str, Any]:
    studio, first = host.studio, chance() if p.seed < 0 else p.seed
    wish = Wish(p.generator, p.prompt, first, dict(p.settings), p.model, p.parents)
    wishes = [wish, *(Wish(p.generator, p.prompt, chance(), dict(p.settings), p.model, p.parents) for _ in range(p.count - 1))]
    return _given(host, [studio.start(each) for each in wishes], wait=p.wait)


def _vary(host: Host, p: VaryParameters) -> dict[str, Any]:
    entry = host.studio.history.find(p.result)
    generator = host.studio.generator_of(entry.wish)
    wishes = vary(generator, entry.wish, p.count, amount=p.amount, keeps_seed=p.keep_seed)
    return _given(host, [host.studio.start(each, of=entry.id) for each in wishes], wait=p.wait)


def _given(host: Host, tasks: list[Task], *, wait: bool) -> dict[str, Any]:
    if not wait:
        return {"tasks": [each.id for each in tasks]}
    host.studio.wait(tasks)
    failed = next((each for each in tasks if each.error), None)
    if failed is not None:
        host.studio.cancel(failed)
        raise TaixuError(failed.error)
    return {"results": [each.entry.id for each in tasks if each.entry is not None]}


def _cancel(host: Host, p: TaskParameters) -> int:
    tasks = [host.studio.find_task(p.task)] if p.task else list(host.studio.tasks)
    for task in tasks:
        host.studio.cancel(task)
    return len(tasks)


def _move(host: Host, p: MoveTaskParameters) -> None:
    host.studio.move(host.studio.find_task(p.task), p.place)


def _queue(host: Host, _: Nothing) -> list[dict[str, Any]]:
    return [
        {"task": each.id, "state": each.state, "prompt": each.wish.prompt, "generator": each.generator.name,
         "progress": round(each.progress, 3), "error": each.error}
        for each in host.studio.tasks
    ]  # fmt: skip


def _history(host: Host, _: Nothing) -> list[dict[str, Any]]:
    return [_facts(each) for each in host.studio.history.entries]


def _facts(entry: Entry) -> dict[str, Any]:
    wish = entry.wish
    return {
        "result": entry.id, "makes": entry.makes, "generator": wish.generator, "prompt": wish.prompt, "seed": wish.seed,
        "settings": dict(wish.settings), "parameters": dict(entry.parameters), "variation_of": entry.of,
        "starred": entry.is_starred, "kept": list(entry.kept),
    }  # fmt: skip


def _generators(host: Host, _: Nothing) -> list[dict[str, Any]]:
    from taixu.edit.parameters import parameter_schema

    return [
        {"generator": each.name, "makes": each.makes, "summary": each.summary, "needs_weights": each.needs.weights,
         "parents": each.needs.parents, "parameters": parameter_schema(each.parameters)["properties"]}
        for each in host.studio.generators
    ]  # fmt: skip


def _keep(host: Host, p: KeepParameters) -> list[str]:
    return list(host.studio.keep(host.studio.history.find(p.result), folder=p.folder, name=p.name))


def _try(host: Host, p: ResultParameters) -> dict[str, Any]:
    return host.studio.try_now(host.studio.history.find(p.result))


def _written(session: Session, p: WriteModParameters) -> str:
    return p.folder


def _star(host: Host, p: StarParameters) -> None:
    history = host.studio.history
    history.change(history.find(p.result), is_starred=p.star)


def _forget(host: Host, p: ResultParameters) -> None:
    host.studio.history.remove(p.result)


def _settled(session: Session, p: PlaceParameters) -> PlaceParameters:
    from dataclasses import replace

    return p if p.id else replace(p, id=session.new_id())


def _apply(session: Session, p: PlaceParameters) -> Command | None:
    if not p.path:
        raise UsageError("name a file of the project; generate.keep gives those of a result")
    return plan_apply(session, p)


def _applied(session: Session, p: PlaceParameters) -> str:
    return session.current.selection[-1] if session.current.selection else ""


GENERATE_OPERATIONS = (
    Operation("generate.start", "Make", run=_start, parameters=StartParameters, blocked=no_world,
              doc="Asks a generator for something; it is made in the background, and comes into the project's history."),
    Operation("generate.vary", "Variations", run=_vary, parameters=VaryParameters, blocked=no_world,
              doc="Makes more like a result: other seeds, and sliders moved a little."),
    Operation("generate.cancel", "Cancel what is being made", run=_cancel, parameters=TaskParameters, blocked=no_world,
              doc="Gives up a task of the queue, or all; gives how many."),
    Operation("generate.move", "Move in the queue", run=_move, parameters=MoveTaskParameters, blocked=no_world),
    Operation("generate.queue", "List the queue", run=_queue, doc="Gives what is being made, what waits and what failed."),
    Operation("generate.history", "List results", run=_history, blocked=no_world,
              doc="Gives the project's results, the latest first."),
    Operation("generate.generators", "List generators", run=_generators, doc="Gives what can be made, with parameters and ranges."),
    Operation("generate.keep", "Keep", run=_keep, parameters=KeepParameters, blocked=no_world,
              doc="Copies a result's files into the project, with their sidecars; gives their paths, the main one first."),
    Operation("generate.apply", "Apply", plan=_apply, parameters=PlaceParameters, settle=_settled, blocked=no_world, gives=_applied,
              doc="Puts a result that was kept into the world: onto an entity all its maps, or as something new at a position."),
    Operation("generate.try", "Try a mod", run=_try, parameters=ResultParameters, blocked=no_world,
              doc="Runs a result that is a mod in the box, in a copy of the saved world; gives what it did and was refused."),
    Operation("generate.write_mod", "Write a mod", plan=plan_write, parameters=WriteModParameters, blocked=no_world, gives=_written,
              doc="Gives a folder of the project's mods these files, in one step that can be undone."),
    Operation("generate.star", "Star", run=_star, parameters=StarParameters, blocked=no_world),
    Operation("generate.forget", "Forget a result", run=_forget, parameters=ResultParameters, blocked=no_world),
)  # fmt: skip
"""What every host can do with generators."""
