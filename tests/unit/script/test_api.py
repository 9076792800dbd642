"""The table of the interface, its native binding and the stubs agree."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from math import pi
from pathlib import Path

import pytest

from taixu.app import App
from taixu.ecs import component_type
from taixu.platform import PlatformPlugin
from taixu.scene import SHARED_COMPONENTS, Name, Node, Transform
from taixu.scene.plugin import ScenePlugin
from taixu.script import Script, ScriptHost, ScriptPlugin, make_stub
from taixu.script.api import API, CALLBACKS, ENTITY_API, EVENT_KINDS
from taixu.script.entity import Entity
from taixu.script.game import Game
from taixu.script.vectors import Quat, Vec3


def _names(signature: str) -> list[tuple[str, str, str]]:
    """Name, kind and default of the parameters of a signature."""
    tree = ast.parse(f"def f{signature}: ...").body[0]
    assert isinstance(tree, ast.FunctionDef)
    made = f"lambda {ast.unparse(_bare(tree.args))}: 0"
    return _parameters(inspect.signature(eval(made)))  # noqa: S307


def _bare(arguments: ast.arguments) -> ast.arguments:
    for argument in ast.walk(arguments):
        if isinstance(argument, ast.arg):
            argument.annotation = None
    return arguments


def _parameters(signature: inspect.Signature) -> list[tuple[str, str, str]]:
    return [(item.name, item.kind.name, repr(item.default)) for item in signature.parameters.values() if item.name != "self"]


def test_the_native_binding_has_exactly_these_names() -> None:
    game = Game(ScriptHost(App().world))
    public = {name for name in dir(game) if not name.startswith("_")}
    assert public == {entry.name for entry in API}


@pytest.mark.parametrize("entry", [entry for entry in API if entry.is_function], ids=lambda entry: entry.name)
def test_the_native_binding_has_these_signatures(entry: object) -> None:
    assert _parameters(inspect.signature(getattr(Game, entry.name))) == _names(entry.signature)  # type: ignore[attr-defined]


def test_entities_have_these_attributes() -> None:
    public = {name for name in vars(Entity) if not name.startswith("_")}
    assert public - {"handle"} == {entry.name for entry in ENTITY_API}


def test_the_stub_checks_a_script(tmp_path: Path) -> None:
    pytest.importorskip("mypy")
    stub = make_stub([component_type(cls) for cls in SHARED_COMPONENTS])
    ast.parse(stub)
    (tmp_path / "game.pyi").write_text(stub)
    script = tmp_path / "script.py"
    script.write_text(
        "import game\n"
        "speed: float = game.field(2.0, min=0)\n"
        "def on_tick(dt: float) -> None:\n"
        "    game.entity.position += game.entity.rotation.forward * speed * dt\n"
        "    for other in game.query('light'):\n"
        "        other.light.intensity = 'bright'\n"
    )
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), "script.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert "script.py:6: error: Incompatible types in assignment" in done.stdout
    assert "Found 1 error" in done.stdout, done.stdout


def test_vectors_calculate() -> None:
    a = Vec3(1, 2, 3)
    ones = (1, 1, 1)
    assert a + ones == (2, 3, 4)
    assert ones - a == (0, -1, -2)
    assert 2 * a == a * 2 == (2, 4, 6)
    assert a / 2 == (0.5, 1, 1.5)
    assert -a == (-1, -2, -3)
    assert Vec3(3, 4, 0).length == 5
    assert Vec3(0, 0, 2).normalized() == (0, 0, 1)
    assert Vec3(0).normalized() == (0, 0, 0)
    assert Vec3(1, 0, 0).cross((0, 1, 0)) == (0, 0, 1)
    assert Vec3(0, 0, 0).lerp((2, 4, 6), 0.5) == (1, 2, 3)
    assert isinstance(a + a, Vec3)
    with pytest.raises(ValueError, match="three"):
        Vec3((1, 2))


def test_rotations_calculate() -> None:
    quarter = Quat.from_yaw(pi / 2)
    assert quarter * (0, 0, -1) == pytest.approx((-1, 0, 0))
    assert quarter.forward == pytest.approx((-1, 0, 0))
    assert (quarter * quarter).forward == pytest.approx((0, 0, 1))
    assert (quarter * quarter.inverse()) == pytest.approx((0, 0, 0, 1))
    half = Quat().slerp(quarter, 0.5)
    assert half == pytest.approx(Quat.from_yaw(pi / 4))
    assert Quat(0, 0, 0, 0).normalized() == (0, 0, 0, 1)


def test_the_guide_names_everything_and_its_example_runs(repository: Path, tmp_path: Path) -> None:
    guide = (repository / "docs" / "guide" / "scripts.md").read_text()
    missing = [entry.name for entry in API if f"game.{entry.name}" not in guide]
    missing += [entry.name for entry in ENTITY_API if f"`{entry.name}`" not in guide]
    missing += [item.name for item in CALLBACKS if item.name not in guide]
    missing += [kind for kind in EVENT_KINDS if f"`{kind}`" not in guide]
    assert missing == []
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "door.py").write_text(guide.split("```python\n")[1].split("```")[0])
    app = App()
    for plugin in (PlatformPlugin(), ScenePlugin(), ScriptPlugin(tmp_path, trust=True)):
        app.add_plugin(plugin)
    door = app.world.spawn(Transform(), Script("scripts/door.py", fields={"speed": 3.0}))
    player = app.world.spawn(Transform(), Name("Player"))
    for _ in range(60):
        app.frame(1 / 60)
    assert Node(app.world, door).position[1] == pytest.approx(2, abs=0.1)
    Node(app.world, player).position = (10, 0, 0)
    for _ in range(60):
        app.frame(1 / 60)
    assert Node(app.world, door).position[1] == pytest.approx(0, abs=0.1)
    assert not app.resource(ScriptHost).stopped()
