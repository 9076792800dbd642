"""Scripts that are saved while they run."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from taixu.app import App
from taixu.scene import SHARED_COMPONENTS, Name, Transform
from taixu.script import Script, ScriptHost, ScriptPlugin

STEP = 1 / 60


class Project:
    """A project folder and an app that runs it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.saves = 0
        (folder / "scripts").mkdir()
        self.app = App()
        for cls in SHARED_COMPONENTS:
            self.app.register_component(cls)
        self.app.add_plugin(ScriptPlugin(folder, trust=True))
        self.host = self.app.resource(ScriptHost)

    def save(self, name: str, source: str) -> None:
        file = self.folder / "scripts" / f"{name}.py"
        file.write_text(source)
        self.saves += 1
        os.utime(file, ns=(self.saves * 10**9, self.saves * 10**9))  # a file system's clock may be coarse

    def add(self, name: str, script: str, **fields: object) -> int:
        return self.app.world.spawn(Name(name), Transform(), Script(f"scripts/{script}.py", fields=fields))

    def reload(self) -> list[str]:
        """Reload, run a step and return what was said since the last call."""
        said = self.host.log.count
        self.host.reload_changed()
        self.app.frame(STEP)
        count = self.host.log.count - said
        return [message.text for message in list(self.host.log.messages)[-count:]] if count else []


@pytest.fixture
def project(tmp_path: Path) -> Callable[[], Project]:
    return lambda: Project(tmp_path)


COUNTER = """
import game
speed: float = 1.0
count: int = 0
def on_tick(dt):
    global count
    count += 1
    game.log({text!r}, count, speed)
"""


def test_field_values_survive_and_one_line_says_so(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", COUNTER.format(text="old"))
    p.add("A", "a", speed=3.0)
    assert p.reload() == ["old 1 3.0"]
    assert p.reload() == ["old 2 3.0"]
    p.save("a", COUNTER.format(text="new"))
    assert p.reload() == ["scripts/a.py is reloaded, field values are kept (1 entity)", "new 3 3.0"]
    assert p.reload() == ["new 4 3.0"]


def test_a_new_default_reaches_fields_that_nobody_changed(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", "import game\nspeed: float = 1.0\ndef on_tick(dt): game.log(speed)\n")
    p.add("A", "a")
    assert p.reload() == ["1.0"]
    p.save("a", "import game\nspeed: float = 2.0\ndef on_tick(dt): game.log(speed)\n")
    assert p.reload()[-1] == "2.0"


@pytest.mark.parametrize("broken", ["def on_tick(dt:\n", "import game\nnonsense\n", "speed: float = 'x'\n"])
def test_a_broken_save_leaves_the_last_good_version_running(project: Callable[[], Project], broken: str) -> None:
    p = project()
    p.save("a", COUNTER.format(text="old"))
    p.add("A", "a")
    p.reload()
    p.save("a", broken)
    said = p.reload()
    assert len(said) == 2
    assert said[0].startswith("scripts/a.py is not reloaded, its last good version runs on: scripts/a.py:")
    assert said[1] == "old 2 1.0"
    assert p.reload() == ["old 3 1.0"], "it is said once"
    p.save("a", COUNTER.format(text="mended"))
    assert p.reload()[-1] == "mended 4 1.0"


def test_a_script_that_stopped_starts_again_when_it_is_saved(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", "def on_start(): 1 / 0\n")
    p.add("A", "a")
    assert "ZeroDivisionError" in p.reload()[0]
    p.save("a", "import game\ndef on_start(): game.log('well')\n")
    assert p.reload() == ["well", "scripts/a.py is reloaded, field values are kept (1 entity)"]


def test_a_script_that_never_loaded_starts_when_it_is_mended(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", "def on_start(:\n")
    p.add("A", "a")
    p.reload()
    assert p.reload() == []
    p.save("a", "still wrong(\n")
    assert len(p.reload()) == 1
    p.save("a", "import game\ndef on_start(): game.log('well')\n")
    assert "well" in p.reload()


def test_state_goes_through_on_save_and_on_load(project: Callable[[], Project]) -> None:
    p = project()
    source = """
import game
seen = []
def on_start(): game.log("start")
def on_tick(dt): seen.append(game.tick)
def on_save(): return seen
def on_load(state):
    seen.extend(state)
    game.log("loaded", seen)
"""
    p.save("a", source)
    p.add("A", "a")
    p.reload()
    p.reload()
    p.save("a", source + "\n")
    assert p.reload() == ["loaded [0, 1]", "scripts/a.py is reloaded, field values are kept (1 entity)"]


def test_timers_and_routines_of_the_old_version_end(project: Callable[[], Project]) -> None:
    p = project()
    source = "import game\ndef on_start():\n    while True:\n        yield\n        game.log({text!r})\n"
    p.save("a", source.format(text="old"))
    p.add("A", "a")
    p.reload()
    assert p.reload() == ["old"]
    p.save("a", source.format(text="new"))
    p.reload()
    assert p.reload() == ["new"]


def test_a_helper_that_is_saved_reloads_who_uses_it(project: Callable[[], Project]) -> None:
    p = project()
    p.save("helper", "VALUE = 1\n")
    p.save("a", "import game, helper\ndef on_tick(dt): game.log(helper.VALUE)\n")
    p.add("A", "a")
    assert p.reload() == ["1"]
    p.save("helper", "VALUE = \n")
    assert p.reload()[-1] == "1"
    p.save("helper", "VALUE = 2\n")
    assert p.reload()[-1] == "2"


def test_a_file_that_vanishes_for_a_moment_is_no_change(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", COUNTER.format(text="x"))
    p.add("A", "a")
    p.reload()
    (p.folder / "scripts" / "a.py").unlink()
    assert p.reload() == ["x 2 1.0"]


def test_fields_that_are_edited_while_it_runs_arrive(project: Callable[[], Project]) -> None:
    p = project()
    p.save("a", COUNTER.format(text="x"))
    entity = p.add("A", "a")
    p.reload()
    p.app.world.set(entity, Script, fields={"speed": 5.0})
    assert p.reload() == ["x 2 5.0"], "the counter goes on"
    p.app.world.set(entity, Script, fields={"speed": "fast", "weight": 3})
    said = p.reload()
    assert len(said) == 3
    assert "no field 'weight'" in said[0]
    assert "field 'speed' takes float" in said[1]
    assert said[2] == "x 3 1.0"
