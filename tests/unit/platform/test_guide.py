"""The guide's examples of input, animation and sound are true."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from taixu.animation import AnimationPlayer
from taixu.audio import AudioSource
from taixu.ecs import component_type
from taixu.platform import InputMap


def blocks(repository: Path, language: str) -> list[str]:
    text = (repository / "docs" / "guide" / "input-animation-sound.md").read_text()
    return [part.split("```")[0] for part in text.split(f"```{language}\n")[1:]]


def test_the_actions_of_the_guide_are_read(repository: Path) -> None:
    (block,) = blocks(repository, "toml")
    actions = InputMap.from_data(tomllib.loads(block)["input"]).actions
    assert actions["steer"].dead_zone == 0.2
    text = (repository / "docs" / "guide" / "input-animation-sound.md").read_text()
    assert [name for name in InputMap().actions if f"`{name}`" not in text] == []


def test_the_program_of_the_guide_runs(repository: Path) -> None:
    (block,) = blocks(repository, "python")
    names: dict[str, Any] = {}
    exec(block, names)  # noqa: S102  (the guide's own code)
    state, actions = names["state"], names["actions"]
    for event in state.take_injected():
        state.feed(event)
    assert actions.state("jump", state, edges=state.tick).pressed


def test_the_components_of_the_guide_have_these_fields(repository: Path) -> None:
    known = {component_type(cls).name: component_type(cls) for cls in (AnimationPlayer, AudioSource)}
    seen = 0
    for block in blocks(repository, "json"):
        for name, fields in json.loads("{" + block + "}").items():
            if name in known:
                known[name].check_names(fields)
                seen += 1
    assert seen == 2
