"""What agents can do with a host. All runs in the host's own thread."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.edit import Difference, Rehearsed, component_schema, parameter_schema
from taixu.errors import TaixuError
from taixu_editor.agents.query import find_entities

if TYPE_CHECKING:
    from taixu.edit import Session
    from taixu_editor.host import Host

__all__ = ["AgentTools", "Applied", "Prepared"]

_MOST_STEPS = 500
"""A batch is done between two frames."""
_MOST_SHOWN = 200
_MOST_SELECTED = 1_000
_MOST_RESULTS = 20
_MOST_BYTES = 1 << 20
_LARGEST_PX = 1920


@dataclass(frozen=True, slots=True)
class Prepared:
    """Something that an agent asks for, looked at and not yet done.

    Attributes
    ----------
    about
        What exactly, for the person who is asked.
    difference
        What it would change.
    """

    act: Callable[[], Any]
    about: str = ""
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """A batch that an agent has done: its label in history, and what it changed."""

    label: str
    difference: Difference


class AgentTools:
    """Tools of the agents at one host; they undo what they did themselves, and nothing else.

    Attributes
    ----------
    on_applied
        Are told of each batch that was done.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._own_steps: list[tuple[str, object]] = []
        self.on_applied: list[Callable[[Applied], None]] = []

    def list_operations(self) -> list[dict[str, Any]]:
        """Edits that can be made, with the JSON schemas of their parameters."""
        return [
            {"operation": each.id, "title": each.title, "doc": each.doc, "parameters": parameter_schema(each.parameters)}
            for each in self._host.operations
            if each.is_edit and not each.touches_files
        ]

    def list_components(self, component: str = "") -> dict[str, Any]:
        """What entities are made of: the components with a line about each, or the schema of one."""
        session = self._session()
        if component:
            session.component(component)  # or it says which there are
        found = {each.name: each for each in session.components if each.authored and component in ("", each.name)}
        if component:
            return {name: component_schema(each) for name, each in found.items()}
        return {name: " ".join((each.cls.__doc__ or "").partition("\n\n")[0].split()) for name, each in sorted(found.items())}

    def query_world(self, *, component: str = "", name: str = "", ids: Sequence[str] = (), after: str = "",
                    limit: int = 50) -> dict[str, Any]:  # fmt: skip
        """Entities as documents hold them, page by page: those with a component, a part of a name, or given ids."""
        return find_entities(self._session(), component=component, name=name, ids=ids, after=after, limit=limit)

    def take_picture(self, *, camera: str = "", eye: Sequence[float] = (), target: Sequence[float] = (), width: int = 768,
                     height: int = 432) -> bytes:  # fmt: skip
        """A PNG of the world: by a camera's name, from a place, or framing everything."""
        import io

        from PIL import Image

        from taixu.render import ViewCamera

        size = int(np.clip(width, 16, _LARGEST_PX)), int(np.clip(height, 16, _LARGEST_PX))
        app: Any = self._session().current.app
        seen: Any = camera or None
        if len(eye) or len(target):
            apart = len(eye) == 3 and len(target) == 3 and np.isfinite([*eye, *target]).all()
            if not apart or np.allclose(eye, target) or max(map(abs, (*eye, *target))) > 1e9:
                raise TaixuError("eye and target are two different places, three finite numbers each")
            seen = ViewCamera.looking(eye, target)
        picture = app.picture(camera=seen, size=size, samples=4)
        stream = io.BytesIO()
        Image.fromarray(picture.pixels).save(stream, "PNG")
        return stream.getvalue()

    def rehearse(self, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What a batch of edits would change, and its steps with all filled in: those do just that."""
        found = self._rehearsed(steps)
        filled = [{"operation": operation, "parameters": parameters} for operation, parameters in found.steps]
        return {**_shortened(found.difference), "steps": filled if len(json.dumps(filled)) < _MOST_BYTES else []}

    def prepare_apply(self, steps: Sequence[Mapping[str, Any]], *, label: str = "", agent: str = "") -> Prepared:
        """A batch of edits to be asked about; doing it is one step of history, named after the agent."""
        found = self._rehearsed(steps)
        title = f"{agent or 'Agent'}: {label}" if label else agent or "Agent"
        world = self._host.session.world
        tick = world.tick

        def act() -> dict[str, Any]:
            now = self._host.session
            if not now.worlds or now.world is not world:
                raise TaixuError("another world is open, or played, since this was rehearsed; query it, and rehearse anew")
            return self._apply(found, title, agent, is_as_it_was=world.tick == tick)

        return Prepared(act, label, found.difference)

    def apply(self, steps: Sequence[Mapping[str, Any]], *, label: str = "", agent: str = "") -> dict[str, Any]:
        """A batch of edits as one step of history, and what it changed."""
        changed: dict[str, Any] = self.prepare_apply(steps, label=label, agent=agent).act()
        return changed

    def undo(self, *, agent: str = "") -> bool:
        """Undo an agent's own latest step, where nobody has edited since; whether it did. What was selected since goes with it."""
        session = self._session()
        done = session.history.steps[0]
        standing = {id(step) for step in done}
        self._own_steps = [each for each in self._own_steps if id(each[1]) in standing]  # a person may have undone some
        since = 0
        while since < len(done) and not done[-1 - since].is_edit:
            since += 1
        if not self._own_steps or since == len(done):
            return False
        whose, step = self._own_steps[-1]
        if whose != agent or done[-1 - since] is not step:
            return False
        self._own_steps.pop()
        for _ in range(since + 1):
            self._host.do("history.undo")
        return True

    def generate(self, what: str, *, prompt: str = "", seed: int = -1, settings: Mapping[str, Any] | None = None,
                 parents: Sequence[str] = ()) -> dict[str, Any]:  # fmt: skip
        """Have something made in the background, and kept in the project's assets; gives the task."""
        self._session()
        studio = self._host.studio
        started: dict[str, Any] = self._host.operations.do(
            self._host.session, "generate.start",
            {"generator": what, "prompt": prompt, "seed": seed, "settings": dict(settings or {}), "parents": list(parents)},
        )  # fmt: skip
        for task in started["tasks"]:
            studio.after(task, lambda entry: studio.keep_soon(entry, lambda paths: None))
        return {"task": started["tasks"][0]}

    def generated(self) -> dict[str, Any]:
        """What can be made, what is being made or failed, and the latest results with the files that were kept."""
        self._session()
        host = self._host
        results = host.do("generate.history")
        generators = [
            {"generator": each.name, "makes": each.makes, "summary": each.summary, "parameters": parameter_schema(each.parameters)}
            for each in host.studio.generators
        ]
        assert isinstance(results, list)
        return {"generators": generators, "tasks": host.do("generate.queue"), "results": results[:_MOST_RESULTS]}

    def _rehearsed(self, steps: Sequence[Mapping[str, Any]]) -> Rehearsed:
        return self._host.operations.rehearsed(self._session(), _pairs(steps))

    def _apply(self, wanted: Rehearsed, title: str, agent: str, *, is_as_it_was: bool) -> dict[str, Any]:
        session, operations = self._session(), self._host.operations
        found = wanted if is_as_it_was else operations.rehearsed(session, wanted.steps)
        if _outcome(found.difference) != _outcome(wanted.difference):
            raise TaixuError("the world has changed since this was rehearsed; query it again, and rehearse anew")
        touched = (*found.difference.changed, *found.difference.added)
        steps = list(wanted.steps)
        if found.difference and 0 < len(touched) <= _MOST_SELECTED:  # a person sees at once what was done
            steps.append(("selection.set", {"entities": list(touched)}))
        before = session.history.steps[0][-1:]
        operations.do_all(session, steps, label=title)
        done = session.history.steps[0]
        if done[-1:] != before:
            self._own_steps.append((agent, done[-1]))
        for tell in self.on_applied:
            tell(Applied(title, found.difference))
        return _shortened(found.difference)

    def _session(self) -> Session:
        if not self._host.session.worlds:
            raise TaixuError("no world is open")
        self._host.frame(0.0)
        return self._host.session


def _outcome(found: Difference) -> tuple[object, ...]:
    """What a difference leads to; what was there before may move meanwhile, as in a world that is played."""
    changed = {
        (entity, component, name): pair[1]
        for entity, components in found.changed.items()
        for component, fields in components.items()
        for name, pair in fields.items()
    }
    return found.added, set(found.removed), changed


def _shortened(found: Difference) -> dict[str, Any]:
    """As JSON-able data that is not too much to read: the first ones of each kind, and how many there are."""
    data: dict[str, Any] = {"counts": {name: len(each) for name, each in found.to_data().items()}}
    room = _MOST_BYTES
    for name, entities in found.to_data().items():
        data[name] = {}
        for entity, block in list(entities.items())[:_MOST_SHOWN]:
            room -= len(json.dumps(block))
            if room < 0:
                break
            data[name][entity] = block
    return data


def _pairs(steps: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    if len(steps) > _MOST_STEPS:
        raise TaixuError(f"{len(steps)} steps at once: at most {_MOST_STEPS}")
    pairs = []
    for number, step in enumerate(steps, 1):
        operation, parameters = step.get("operation"), step.get("parameters", {})
        if not isinstance(operation, str) or not isinstance(parameters, Mapping):
            raise TaixuError(f'step {number}: write {{"operation": "...", "parameters": {{...}}}}')
        pairs.append((operation, parameters))
    return pairs
