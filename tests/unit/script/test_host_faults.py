"""Scripts that are wrong, or not trusted: each is one sentence, and the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_apps import STEP, MakeApp, add, host_of, lines, maker

from taixu.scene import Node
from taixu.script import Script


@pytest.fixture
def make_app(tmp_path: Path) -> MakeApp:
    return maker(tmp_path)


def test_an_exception_names_script_line_and_entity_and_stops_one_script(make_app: MakeApp) -> None:
    app = make_app(bad="import game\n\ndef on_tick(dt):\n    1 / 0\n", good="import game\ndef on_tick(dt): game.log('on')\n")
    bad, _ = add(app, "Door", "bad"), add(app, "B", "good")
    for _ in range(3):
        app.frame(STEP)
    errors = [message for message in host_of(app).log.messages if message.level == "error"]
    assert len(errors) == 1
    assert errors[0].text.startswith("scripts/bad.py:4: ZeroDivisionError: division by zero (in on_tick of 'Door'")
    assert errors[0].line == 4
    assert errors[0].entity == app.world.stable_id(bad)
    assert lines(app).count("on") == 3
    assert list(host_of(app).stopped()) == [bad]



@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def on_tick(dt)\n    pass\n", "scripts/a.py:1: expected ':'"),
        ("import no_such_module_here\n", "scripts/a.py:1: ModuleNotFoundError"),
        ("import game\ndef on_start(): game.entity.rigid_body\n", "scripts/a.py:2: AttributeError"),
        ("import game\ndef on_start(): game.query('nothing')\n", "there is no component 'nothing'"),
        ("import game\ndef on_start(): game.raycast((0, 0, 0), (0, 1, 0))\n", "game.raycast needs a plugin"),
        ("def on_start(): raise ValueError('one\\ntwo')\n", "scripts/a.py:1: ValueError: one two"),
        ("def on_start(): raise SystemExit\n", "scripts/a.py:1: SystemExit"),
        ("def on_start(): on_start()\n", "scripts/a.py:1: RecursionError"),
        ("import game\ndef on_start(): game.timer('soon')\n", "a time to wait is a number of seconds"),
        ("import game\ndef on_start():\n    yield 3\n", "a routine yields game.wait"),
        ("speed: float = 'fast'\n", "scripts/a.py:1: field 'speed' takes float, not 'fast'"),
        ("import game\nspeed: float = game.field(1.0, step=2)\n", "does not take 'step'"),
        ("\0", "null bytes"),
    ],
)
def test_every_mistake_is_one_sentence(make_app: MakeApp, source: str, said: str) -> None:
    app = make_app(a=source)
    add(app, "A", "a")
    for _ in range(3):
        app.frame(STEP)
    assert len(lines(app)) == 1
    assert said in lines(app)[0]
    assert "\n" not in lines(app)[0]



@pytest.mark.parametrize("path", ["../out.py", "/etc/passwd.py", "scripts/none.py", "scripts/a.txt", "a\0.py", "x" * 5000 + ".py"])
def test_a_path_that_is_no_script_of_the_project_is_refused(make_app: MakeApp, tmp_path: Path, path: str) -> None:
    (tmp_path.parent / "out.py").write_text("raise RuntimeError")
    app = make_app()
    app.world.spawn(Script(path))
    app.frame(STEP)
    assert len(lines(app)) == 1
    assert "script " in lines(app)[0]



def test_an_untrusted_project_is_listed_and_not_run(make_app: MakeApp) -> None:
    app = make_app(trust=False, a="raise RuntimeError('ran')\n", b="import game\ngame.log('ran')\n")
    add(app, "A", "a")
    add(app, "B", "b")
    for _ in range(3):
        app.frame(STEP)
    host = host_of(app)
    assert host.refused == ["scripts/a.py", "scripts/b.py"]
    assert lines(app) == ["scripts are not run, because this project is not trusted: scripts/a.py, scripts/b.py; --trust runs them"]
    host.trusted = True
    app.frame(STEP)
    assert host.refused == []
    assert "ran" in lines(app)



def test_columns_refuse_what_is_not_finite(make_app: MakeApp) -> None:
    app = make_app(
        a="import game\ndef on_start():\n    c = game.columns('transform', 'translation')\n"
        "    c.translation[0] = float('nan')\n    c.write()\n"
    )
    entity = add(app, "A", "a")
    app.frame(STEP)
    assert "not finite" in lines(app)[0]
    assert Node(app.world, entity).position[0] == 0



def test_print_goes_to_the_console_and_not_to_standard_output(make_app: MakeApp, capsys: pytest.CaptureFixture[str]) -> None:
    app = make_app(a="print('hello', 3)\n")
    add(app, "A", "a")
    app.frame(STEP)
    assert lines(app) == ["hello 3"]
    assert capsys.readouterr().out == ""

