"""Mods of the project that is open: loaded with the first frame, following settings and what is saved; scripts as mods."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest
from waiting import until

from taixu.defaults import App
from taixu.edit import WorldSettings
from taixu.errors import MachineError, TaixuError
from taixu.mods.box import Box
from taixu.mods.packages.consents import Consents
from taixu.mods.packages.package import read_package
from taixu.mods.packages.requests import requests_of
from taixu.mods.playing import ModsPlugin
from taixu.scene import Name, Shape, Transform
from taixu.script import Script, ScriptHost

pytest.importorskip("wasmtime", reason='the box of mods is not installed; pip install "taixu[mods]"')

RISE = """import game

height: float = 1.0
steps = 0


def on_tick(dt):
    global steps
    steps += 1
    for entity in game.query("shape"):
        entity.position = (0, {height} * steps, 0)


def on_save():
    return {{"steps": steps}}


def on_load(state):
    global steps
    steps = state["steps"]
"""
ACCESS = '[access]\nread = ["shape"]\nwrite = ["transform"]\n'


@pytest.fixture(scope="module")
def box() -> Iterator[Box]:
    with Box() as made:
        made.start()
        until(lambda: made.tend() or made.ready, what="the box stands")
        yield made


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a mod in work, which was agreed to."""
    (tmp_path / "taixu.toml").write_text('[project]\nname = "Hills"\nworld = "worlds/main.world.json"\n')
    with App.headless() as app:
        app.scene.spawn("Ball", Shape(kind="sphere"))
        (tmp_path / "worlds").mkdir()
        app.save(tmp_path / "worlds" / "main.world.json")
    write_mod(tmp_path)
    agree(tmp_path)
    return tmp_path


def write_mod(project: Path, source: str = RISE.format(height=1), more: str = ACCESS) -> None:
    folder = project / "mods" / "rise"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "main.py").write_text(source)
    about = """
        schema = 1
        id = "anna.rise"
        version = "1.0.0"
        api = "^1.0"
        entry = "main.py"
        title = "Rise"
        licence = "CC0-1.0"
    """
    (folder / "mod.toml").write_text(dedent(about) + more)


def agree(project: Path) -> None:
    package = read_package(project / "mods" / "rise")
    Consents(project / "mods").grant(package.id, requests_of(package.manifest), version="1.0.0", content="", key="")


def opened(project: Path, box: Box, *, watch: bool = False, trust: bool | None = None) -> App:
    app = App.headless(trust=trust)
    app.mods.box, app.mods._watch = box, watch
    app.open(project)
    return app


def height(app: App) -> float:
    ball = app.scene.find("Ball")
    assert ball is not None
    return float(ball.position[1])


def step(app: App, steps: int = 1) -> None:
    for _ in range(steps):
        app.frame(app.clock.step_secs)


def test_they_begin_with_the_first_frame_and_not_before(project: Path, box: Box) -> None:
    with opened(project, box) as app:
        app.settle()
        assert app.mods.plugin is None
        step(app, 3)
        assert height(app) == 3.0 and app.mods.refused == {}
        app.open(project)
        assert not app.mods.host.mods, "those of the world before have ended"
        step(app, 2)
        assert height(app) == 2.0


def test_none_runs_where_none_is_wanted_or_somebody_brings_a_plugin(project: Path, box: Box) -> None:
    with App.headless() as app:
        app.open(project, mods=False)
        step(app, 2)
        assert height(app) == 0.0 and app.mods.plugin is None
    with App.headless(plugins=(ModsPlugin(box=box),)) as app:
        app.open(project)
        step(app, 2)
        assert height(app) == 0.0


def test_what_nobody_agreed_to_does_not_run_and_the_world_goes_on(
    project: Path, box: Box, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "somebody else's"))
    with opened(project, box) as app:
        step(app, 2)
        assert height(app) == 0.0 and "was not accepted on this machine" in app.mods.refused["anna.rise"]
    assert "mod anna.rise does not run" in caplog.text


def test_without_the_box_a_sentence_is_said_and_the_world_opens(
    project: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def missing(self: Box, timeout_secs: float = 0.0) -> None:
        raise MachineError("mods run in WebAssembly, and wasmtime is not installed: pip install 'taixu[mods]'")

    monkeypatch.setattr(Box, "start", missing)
    with App.headless() as app:
        app.open(project)
        step(app, 2)
        assert app.clock.ticks == 2 and height(app) == 0.0
        assert "pip install 'taixu[mods]'" in app.mods.refused["anna.rise"]
    assert "wasmtime is not installed" in caplog.text


def test_settings_of_the_world_turn_them_on_and_off_while_it_runs(project: Path, box: Box) -> None:
    with opened(project, box) as app:
        step(app, 2)
        app.resource(WorldSettings).values["mods"] = {"disabled": ["anna.rise"]}
        step(app, 3)
        assert height(app) == 2.0 and app.mods.refused == {"anna.rise": "is off in this world"}
        del app.resource(WorldSettings).values["mods"]
        step(app, 1)
        assert height(app) == 1.0


def test_a_mod_in_work_that_is_saved_runs_anew_with_its_state(project: Path, box: Box) -> None:
    with opened(project, box, watch=True) as app:
        step(app, 3)
        write_mod(project, RISE.format(height=10))
        until(lambda: step(app) or height(app) >= 40, what="the new source runs")
        assert height(app) / 10 == pytest.approx(app.clock.ticks), "no step is lost"
        assert app.mods.plugin is not None and app.mods.plugin.reloaded == ["anna.rise"]
        write_mod(project, "def on_tick(dt):\n    this is no Python\n")
        said = app.mods.host.log.messages
        until(lambda: step(app) or any("last good version runs on" in line.text for line in said), what="it is said")
        before = height(app)
        step(app, 1)
        assert height(app) == before + 10
        write_mod(project, RISE.format(height=10), '[access]\nread = ["shape"]\nwrite = ["transform", "light"]\n')
        until(lambda: step(app) or not app.mods.host.mods, what="what wants more waits for an agreement")
        assert "asks for more than was accepted" in app.mods.refused["anna.rise"]


def test_one_starts_again_from_nothing(project: Path, box: Box) -> None:
    with opened(project, box) as app:
        step(app, 3)
        app.mods.restart("anna.rise")
        step(app, 1)
        assert height(app) == 1.0
        with pytest.raises(TaixuError, match="no mod anna.sink"):
            app.mods.restart("anna.sink")


def test_a_script_runs_as_a_mod_in_a_trusted_project(project: Path, box: Box) -> None:
    (project / "scripts").mkdir()
    (project / "scripts" / "helper.py").write_text("HEIGHT = 2\n")
    (project / "scripts" / "up.py").write_text(
        "import game\nfrom helper import HEIGHT\n\nfactor: float = 1.0\n\n\ndef on_tick(dt):\n"
        "    x, y, z = game.entity.position\n    game.entity.position = (x + HEIGHT * factor, y, z)\n"
    )
    with opened(project, box, trust=True, watch=True) as app:
        app.mods.follow(None)
        cube = app.world.spawn(Name("Cube"), Transform(), Script("scripts/up.py", fields={"factor": 0.5}, run_as_mod=True))

        def place() -> float:
            return float(app.world.get(cube, Transform).translation[0])

        step(app, 2)  # it is found in the first, and answers in the second
        assert place() == 1.0 and not app.resource(ScriptHost).instances
        (name,) = app.mods.host.mods
        assert name.startswith("scripts/up.py@") and app.mods.host.mods[name].grants.read >= {"transform", "name"}
        app.mods.restart(name)
        app.world.insert(cube, Script("scripts/up.py", fields={"factor": 2.0}, run_as_mod=True))
        until(lambda: step(app) or app.world.get(cube, Transform).translation[0] >= 9, what="its fields are followed")
        (project / "scripts" / "helper.py").write_text("HEIGHT = -100\n")
        until(lambda: step(app) or place() < 0, what="a helper that was saved is taken up")
        app.world.insert(cube, Script("scripts/up.py", fields={"factor": 1.0}))
        step(app, 2)
        assert not app.mods.host.mods and len(app.resource(ScriptHost).instances) == 1
    with opened(project, box, trust=False) as app:
        app.mods.follow(None)
        app.world.spawn(Name("Cube"), Transform(), Script("scripts/up.py", run_as_mod=True))
        step(app, 3)
        assert app.mods.plugin is None, "of an untrusted project no script runs, in the box neither"


def test_a_script_never_runs_natively_for_want_of_the_box(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(self: Box, timeout_secs: float = 0.0) -> None:
        raise MachineError("wasmtime is not installed")

    monkeypatch.setattr(Box, "start", missing)
    (project / "scripts").mkdir()
    (project / "scripts" / "up.py").write_text("import game\n\n\ndef on_tick(dt):\n    game.entity.position = (9, 9, 9)\n")
    with App.headless(trust=True) as app:
        app.open(project, mods=False)
        cube = app.world.spawn(Name("Cube"), Transform(), Script("scripts/up.py", run_as_mod=True))
        step(app, 3)
        assert tuple(app.world.get(cube, Transform).translation) == (0, 0, 0)
        lines = [line.text for line in app.resource(ScriptHost).log.messages]
        assert lines == ["scripts/up.py does not run as a mod: wasmtime is not installed"]


WANDER = """import game

way = []


def on_start():
    while True:
        ball = game.find("Ball")
        way.append(game.random())
        ball.position = (way[-1], len(way), 0)
        if len(way) % 4 == 0 and len(way) < 20:
            game.spawn("sphere", position=(len(way), 0, 0), name="drop")
        yield game.wait(2 / 60)
"""
SPAWNS = '[access]\nread = ["name", "transform"]\nwrite = ["transform"]\n\n[capabilities.spawn]\nmax = 20\nwhy = "drops"\n'


def test_a_snapshot_takes_mods_along_with_all_that_they_remember(project: Path, box: Box) -> None:
    write_mod(project, WANDER, SPAWNS)
    agree(project)
    with opened(project, box) as app:
        step(app, 11)
        before = app.world.state_hash()
        kept = app.world.snapshot()
        assert app.world.state_hash() == before, "keeping changes nothing"
        seen = []
        for _ in range(9):
            step(app)
            seen.append(app.world.state_hash())
        for _ in range(2):  # a snapshot can be used any number of times
            app.world.restore(kept)
            assert app.world.state_hash() == before and app.clock.ticks == 11
            again = []
            for _ in range(9):
                step(app)
                again.append(app.world.state_hash())
            assert again == seen, "variables, chance, a routine that waits, and an answer on its way"
    with opened(project, box) as app:
        step(app, 20)
        assert app.world.state_hash() == seen[-1], "and nobody could tell that it was kept"


def test_going_back_behind_a_reload_a_fault_or_an_ending(project: Path, box: Box) -> None:
    with opened(project, box) as app:
        step(app, 3)
        kept = app.world.snapshot()
        host = app.mods.host
        host.reload("anna.rise", {"main.py": RISE.format(height=10)})
        step(app, 2)
        app.world.restore(kept)
        step(app, 2)
        assert height(app) == 50.0, "the steps of then by the source of now"
        kept = app.world.snapshot()
        host.mods["anna.rise"].stop("for a test")
        step(app, 3)
        assert height(app) == 60.0, "what it had answered counts, and no more comes"
        app.world.restore(kept)
        step(app, 2)
        assert height(app) == 70.0, "whatever came later has not come yet"
        host.unload("anna.rise")
        app.world.restore(kept)
        step(app, 2)
        assert not host.mods and height(app) == 50.0
