"""What agents can do with a host. All runs in the host's own thread."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from taixu.edit import document_of, parameter_schema
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu_editor.host import Host

__all__ = ["AgentTools"]

_MOST_FOUND = 500
_MOST_STEPS = 10_000
_MOST_BYTES = 1 << 20
_LARGEST_PX = 1920


class AgentTools:
    """Tools of one agent; it may undo what it did itself, and nothing else."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._own_steps: list[object] = []

    def list_operations(self) -> list[dict[str, Any]]:
        """Edits that can be made, with the JSON schemas of their parameters."""
        return [
            {"operation": each.id, "title": each.title, "doc": each.doc, "parameters": parameter_schema(each.parameters)}
            for each in self._host.operations
            if each.is_edit
        ]

    def query_world(self, *, component: str = "", name: str = "", ids: Sequence[str] = (), limit: int = 50) -> dict[str, Any]:
        """Entities as documents hold them: those with a component, a part of a name, or given ids."""
        world = self._session().world
        entities = document_of(world, columns_above=1 << 62).document.entities
        wanted = set(ids)
        found = {
            entity: block
            for entity, block in entities.items()
            if (not wanted or entity in wanted)
            and (not component or component in block)
            and (not name or name.lower() in str(block.get("name", {}).get("text", "")).lower())
        }
        shown: dict[str, Any] = {}
        room = _MOST_BYTES
        for entity, block in found.items():
            room -= len(json.dumps(block))
            if len(shown) == min(max(limit, 1), _MOST_FOUND) or room < 0:
                break
            shown[entity] = block
        return {"count": len(found), "entities": shown, "components": sorted({key for block in entities.values() for key in block})}

    def take_picture(self, *, camera: str = "", eye: Sequence[float] = (), target: Sequence[float] = (), width: int = 768,
                     height: int = 432) -> bytes:  # fmt: skip
        """A PNG of the world: by a camera's name, from a place, or framing everything."""
        import io

        from PIL import Image

        from taixu.render import ViewCamera

        size = int(np.clip(width, 16, _LARGEST_PX)), int(np.clip(height, 16, _LARGEST_PX))
        app = self._session().current.app
        seen: Any = camera or None
        if len(eye) == 3 and len(target) == 3:
            if not np.isfinite([*eye, *target]).all() or np.allclose(eye, target):
                raise TaixuError("eye and target are two different places, three finite numbers each")
            seen = ViewCamera.looking(eye, target)
        picture = app.picture(camera=seen, size=size, samples=4)
        stream = io.BytesIO()
        Image.fromarray(picture.pixels).save(stream, "PNG")
        return stream.getvalue()

    def rehearse(self, steps: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
        """What a batch of edits would change."""
        return self._host.operations.rehearse(self._session(), _pairs(steps)).to_data()

    def apply(self, steps: Sequence[Mapping[str, Any]], *, label: str = "") -> dict[str, Any]:
        """A batch of edits as one step of history, and what it changed."""
        session, pairs = self._session(), _pairs(steps)
        changed = self._host.operations.rehearse(session, pairs).to_data()
        before = len(session.history.steps[0])
        self._host.operations.do_all(session, pairs, label=f"Agent: {label[:80]}" if label else "Agent")
        done = session.history.steps[0]
        if len(done) > before:
            self._own_steps.append(done[-1])
        return changed

    def undo(self) -> bool:
        """Undo its own latest step, where nobody has done anything since; whether it did."""
        session = self._session()
        done = session.history.steps[0]
        if not self._own_steps or not done or done[-1] is not self._own_steps[-1]:
            return False
        self._own_steps.pop()
        return session.undo()

    def _session(self) -> Any:
        if not self._host.session.worlds:
            raise TaixuError("no world is open")
        self._host.frame(0.0)
        return self._host.session


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
