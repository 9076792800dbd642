"""Mods that attack the world they run in: floods, forged commands, wrong entities, numbers that are none, borrowed rights.

Each has a source that runs as a mod, and one that does the same harm as a project's own script, which nothing holds back;
where there is one source only, it is both. `harm` names what to look for in the world afterwards (`HARMS`), `told` is what the
user reads, once and in one line.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from taixu.animation.properties import PropertyAnimation
from taixu.app import App
from taixu.edit.prefab import PrefabInstance
from taixu.physics import Joint, RigidBody
from taixu.scene import Camera, Light, Model, Name, Transform
from taixu.script import Script, ScriptHost
from taixu.script.widgets import Widgets

__all__ = ["BALL", "HARMS", "LAMP", "PLAYER", "VICTIM", "WORLD_ATTACKS", "WorldAttack", "heard_by"]

PLAYER, LAMP, CRATE, BALL = 100, 101, 102, 103
MOST_SPAWNED = 200

VICTIM = '''
import game
heard = letters = 0
false = ""
def on_start():
    game.show_text("mine", "here")
def on_event(event):
    global heard, letters, false
    if event.kind == "message":
        heard += 1
        letters += len(str(event.data.get("t", "")))
        sender = event.data.get("sender")
        if sender is not None and sender.id == 100: false = "false"
def on_tick(dt):
    game.show_text("heard", f"{heard} {letters} {false}")
'''
"""A good mod, or script: it counts what it hears, and shows it."""

_FORGE = '''
import game
from _game_mirror import mirror
def order(command, **arguments): mirror.commands.append([command, arguments])
def on_tick(dt):
    if game.tick < 2: return
'''
_NATIVE = '''
import game
from taixu.animation.properties import PropertyAnimation
from taixu.edit.prefab import PrefabInstance
from taixu.physics import RigidBody
from taixu.scene import *
from taixu.script import *
from taixu.script.widgets import Widgets
def on_tick(dt):
    if game.tick < 2: return
    world = game.entity._node.world
    player, lamp, crate, ball = (world.find(number) for number in (100, 101, 102, 103))
'''


@dataclass(frozen=True)
class WorldAttack:
    """One attack.

    Attributes
    ----------
    code
        The mod.
    harm
        Of `HARMS`.
    told
        What a line of the console holds; empty where nothing happened that anybody need be told.
    natively
        The script that does it; the same source where it is empty.
    """

    code: str
    harm: str
    told: str
    natively: str = ""


def _tick(*lines: str, head: str = "") -> str:
    return "import game\n" + head + "def on_tick(dt):\n    if game.tick < 2: return\n" + "".join(f"    {line}\n" for line in lines)


def _forged(line: str, harm: str, told: str, natively: str = "pass") -> WorldAttack:
    body = "".join(f"    {part}\n" for part in line.split("\n"))
    return WorldAttack(_FORGE + body, harm, told, _NATIVE + "".join(f"    {part}\n" for part in natively.split("\n")))


def _answer(payload: str, told: str = "answered with what no call of game gives") -> WorldAttack:
    """Bytes in the place of an answer; natively such a script takes the engine's own method away."""
    code = f"import game, _game_runtime\nPAYLOAD = {payload}\n_game_runtime.encode = lambda facts: PAYLOAD\n"
    native = _NATIVE + "    world.despawn(player)\n"
    return WorldAttack(code + "def on_tick(dt): pass\n", "player gone", told, native)


_SPAWN_OWN = "own = None\ndef on_start():\n    global own\n    own = game.spawn('', name='Own')\n"
_BALL = "ball = game.find('Ball')\n"
_MOVES_PLAYER = "world.set(player, Transform, translation=(9, 9, 9))"
_WRONG_IDS = {
    "nobody's": ("99999", "no longer alive"), "zero": ("0", "takes an entity"), "negative": ("-1", "takes an entity"),
    "too large": ("1 << 64", "takes an entity"), "half": ("100.5", "takes an entity"), "text": ("'100'", "takes an entity"),
    "truth": ("True", "takes an entity"), "none": ("None", "takes an entity"), "list": ("[100]", "takes an entity"),
    "dict": ("{'$entity': 100}", "takes an entity"), "a handle": ("1 << 32 | 1", "no longer alive"),
    "the player's": ("100", "protected"), "another mod's": ("game.find('Ball').id", "another mod's"),
}  # fmt: skip
_NUMBERS = {
    "nan": "float('nan')", "infinity": "float('inf')", "minus infinity": "-float('inf')", "nan with a message": "SIGNAL",
}  # fmt: skip
_SIGNAL = "from array import array\nSIGNAL = array('f', bytes([1, 0, 160, 127]))[0]\n"

WORLD_ATTACKS: dict[str, dict[str, WorldAttack]] = {
    "events": {
        "many messages": WorldAttack(_tick("for i in range(900): game.send('m', t='')"), "deafened", "sends more messages than"),
        "long messages": WorldAttack(_tick("for i in range(50): game.send('m', t='x' * 16000)"), "deafened", "sends more messages"),
        "more than may be asked": _forged(
            "for i in range(5000): order('send', name='m', to=None, data={})", "deafened", "more than 1000 calls in a step",
            "for i in range(5000): game.send('m')",
        ),
        "many numbers": _forged(
            "for i in range(8): order('send', name='m', to=None, data={'a': [1e15] * 4000})", "deafened",
            "numbers, texts and lists", "for i in range(50): game.send('m', t='x' * 40000)",
        ),
        "in the player's name": _forged(
            "order('send', name='m', to=None, data={'sender': {'$entity': 100}})", "false sender", "",
            "world.resource(ScriptHost).delivery.post(Event('message', 'm', {'sender': game.find('Player')}), None)",
        ),
        "deep": _forged(
            "deep = []\nfor _ in range(60): deep = [deep]\norder('send', name='m', to=None, data={'t': deep})", "player gone",
            "more than crosses", "world.despawn(player)",
        ),
    },
    "logs": {
        "lines": WorldAttack(_tick("for i in range(3000): game.log(i)"), "lines", "says more than is kept"),
        "prints": WorldAttack(_tick("for i in range(3000): print(i)"), "lines", "says more than is kept"),
        "errors that hide errors": WorldAttack(
            _tick("for i in range(3000): game.log(i, level='error')"), "errors hidden", "says more than is kept"
        ),
        "by commands": _forged(
            "for i in range(200): order('log', text=str(i), level='error')", "errors hidden", "says more than is kept",
            "for i in range(3000): game.log(i, level='error')",
        ),
        "letters that steer a terminal": WorldAttack(_tick("game.log('\\x1b[2J\\x1b]0;owned\\x07')"), "steered", ""),
        "writing that turns": WorldAttack(_tick("game.log('safe \\u202etxt.exe')"), "steered", ""),
        "a false line": WorldAttack(_tick("game.log('x\\nmod \\'a.victim\\' is off')"), "false line", ""),
        "long lines": WorldAttack(_tick("for i in range(30): game.log('x' * 1000000)"), "long line", ""),
        "refusals that differ": _forged(
            "for i in range(300): order('set', entities=[100], component=f'no{game.tick}_{i}', fields={})", "lines",
            "was refused", "for i in range(300): game.log(i)",
        ),
    },
    "spawns": {
        "many": WorldAttack(
            _tick("try:", "    for i in range(250): game.spawn('')", "except Exception as error: game.log(error)"), "crowded",
            "200 entities of the mod live already",
        ),
        "an id of its own choice": _forged(
            "order('spawn', entity=777, what='', position=[0, 0, 0], rotation=None, scale=1, name='', parent=None, components={})",
            "chosen id", "not one that the mod was given", "world.spawn(Transform(), stable_id=777)",
        ),
        "an id twice": _forged(
            "n = game.spawn('').id\nfor i in range(300): order('spawn', entity=n, what='', position=[0, 0, 0], rotation=None,"
            " scale=1, name='', parent=None, components={})", "crowded", "not one that the mod was given",
            "for i in range(300): game.spawn('')",
        ),
        "the player's id": _forged(
            "order('spawn', entity=100, what='', position=[9, 9, 9], rotation=None, scale=1, name='', parent=None, components={})",
            "player moved", "not one that the mod was given", _MOVES_PLAYER,
        ),
        "with code": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'script': {'path': 'scripts/a.py'}})", "code", "no mod may touch 'script'",
            "game.spawn('', script={'path': 'scripts/a.py'})",
        ),
        "with a place in the engine's tables": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'mesh_instance': {'mesh': 4294967295}})", "player gone", "no mod may touch 'mesh_instance'",
            "world.despawn(player)",
        ),
        **{
            f"from {place}": _forged(
                f"n = mirror.ids.pop()\norder('spawn', entity=n, what={place!r}, position=[0, 0, 0], rotation=None, scale=1,"
                " name='', parent=None, components={})", "outside", "outside of the project",
                f"world.spawn(Transform(), Model({place!r}))",
            )
            for place in ("/etc/passwd", "../../secret.glb", "~/secret.glb", "file:///etc/passwd", "C:\\x.glb", "a\\..\\..\\b.glb")
        },
        "a picture from outside": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'model': {'source': '/etc/passwd'}})", "outside", "outside of the project",
            "world.spawn(Transform(), Model('/etc/passwd'))",
        ),
        "below the player": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=99999, components={})", "player gone", "no longer alive", "world.despawn(player)",
        ),
    },
    "wrong ids": {
        **{
            f"to write: {name}": _forged(
                f"order('set', entities=[{text}], component='transform', fields={{'translation': [9, 9, 9]}})", "player moved",
                told, _MOVES_PLAYER,
            )
            for name, (text, told) in _WRONG_IDS.items()
        },
        **{
            f"to end: {name}": _forged(
                f"order('despawn', entity={text})", "player gone",
                "despawns what it spawned itself" if told in ("protected", "another mod's") else told, "world.despawn(player)",
            )
            for name, (text, told) in _WRONG_IDS.items()
        },
        "one's own that is gone": WorldAttack(
            _FORGE.replace("def on_tick", _SPAWN_OWN + "def on_tick")
            + "    order('despawn', entity=own.id)\n    order('set', entities=[own.id], component='name', fields={'text': 'x'})\n",
            "player gone", "no longer alive", _NATIVE + "    world.despawn(player)\n",
        ),
        "some that are good": _forged(
            "order('set', entities=[102, 100], component='transform', fields={'translation': [9, 9, 9]})", "player moved",
            "protected", _MOVES_PLAYER,
        ),
    },
    "others' entities": {
        "by column": _forged(
            _BALL + "mirror.data['transform.translation'][mirror.places[ball.id]] = 9.0\nball.y = 1.0", "ball moved",
            "may not write", "world.set(ball, Transform, translation=(9, 9, 9))",
        ),
        "the player by column": WorldAttack(
            _tick("for e in game.query('transform'): e.x = 9"), "player moved", "may not write",
        ),
        "every bit of the mask": _forged(
            "for key, data in mirror.data.items():\n    if key == '@written': data[:] = type(data)('B', bytes([255]) * len(data))\n"
            "mirror.data['transform.translation'][mirror.places[100]] = 9.0\ngame.find('Crate').y = 1.0", "player moved",
            "may not write", _MOVES_PLAYER,
        ),
        "taken away from": _forged(
            "order('remove', entity=100, component='rigid_body')", "bodiless", "protected", "world.remove(player, RigidBody)"
        ),
        "given to": _forged(
            "order('add', entity=100, component='transform', fields={'translation': [9, 9, 9]})", "player moved", "protected",
            _MOVES_PLAYER,
        ),
        "pushed": _forged(
            "order('apply_impulse', entity=100, impulse=[9, 9, 9])", "player moved", "protected", _MOVES_PLAYER,
        ),
        "hung below one's own, and ended with it": WorldAttack(
            _FORGE.replace("def on_tick", _SPAWN_OWN + "def on_tick")
            + "    if game.find('Crate').has('parent'): order('despawn', entity=own.id)\n"
            "    else: order('add', entity=102, component='parent', fields={'entity': own.id})\n",
            "crate gone", "somebody else's", _NATIVE + "    world.despawn(crate)\n",
        ),
        "a joint to the player's body": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'joint': {'a': {'$entity': 102}, 'b': {'$entity': 100}}})", "tied", "protected",
            "from taixu.physics import Joint\nworld.spawn(Joint(a=crate, b=player))",
        ),
        "everybody's eyes": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'camera': {'priority': 1000000}})", "another view", "reaches further than one entity",
            "world.spawn(Transform(), Camera(priority=1000000))",
        ),
        "the engine's own by an animation": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'property_animation': {'tracks': {'mesh_instance.mesh': {'times': [0], 'values': [4e9]}}}})",
            "animated", "no mod may touch 'mesh_instance'",
            "world.spawn(Transform(), PropertyAnimation(tracks={'mesh_instance.mesh': {'times': [0], 'values': [4e9]}}))",
        ),
        "code by a prefab": _forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'prefab_instance': {'source': 'a.prefab.json', 'added':"
            " [{'child': '', 'component': 'script', 'fields': {'path': 'scripts/a.py'}}]}})",
            "prefab with code", "places prefabs as they are",
            "world.spawn(Transform(), PrefabInstance('a.prefab.json', added=[{'component': 'script'}]))",
        ),
        "text of another on the screen": _forged(
            "order('show_text', name='mine', text='false', owner='a.victim')", "widget changed", "takes no 'owner'",
            "world.resource(Widgets).hide(104, 'mine')",
        ),
        "taken off the screen": _forged(
            "order('hide', name='mine')\norder('hide', name='')", "widget changed", "",
            "world.resource(Widgets).hide(104)",
        ),
    },
    "columns without permission": {
        "in its own copy": _forged(
            "mirror.data['light.intensity'][mirror.rows[101]] = 99.0", "lamp", "", "world.set(lamp, Light, intensity=99.0)"
        ),
        "by a command": _forged(
            "order('set', entities=[101], component='light', fields={'intensity': 99.0})", "lamp",
            "may not write 'light.intensity'", "world.set(lamp, Light, intensity=99.0)",
        ),
        "by adding it": _forged(
            "order('add', entity=101, component='light', fields={'intensity': 99.0})", "lamp", "may not write 'light'",
            "world.set(lamp, Light, intensity=99.0)",
        ),
        "code": _forged(
            "order('add', entity=102, component='script', fields={'path': 'scripts/a.py'})", "code", "no mod may touch 'script'",
            "world.insert(crate, Script('scripts/a.py'))",
        ),
        "a field that there is not": _forged(
            "order('set', entities=[102], component='transform', fields={'__class__': 1})", "player moved", "no field '__class__'",
            _MOVES_PLAYER,
        ),
        "a component that there is not": _forged(
            "order('set', entities=[102], component='__dict__', fields={})", "player moved", "no component '__dict__'",
            _MOVES_PLAYER,
        ),
        "another's column of the same name": _forged(
            "mirror.components['light']['intensity'].writable = True\ngame.find('Lamp').light.intensity = 99.0", "lamp", "",
            "world.set(lamp, Light, intensity=99.0)",
        ),
    },
    "numbers": {
        **{
            f"{name} in {field}": WorldAttack(
                _FORGE.replace("def order", _SIGNAL + "def order")
                + f"    crate = game.find('Crate')\n    crate.x = 1.0\n    mirror.data['{field}'][mirror.rows[102]] = {text}\n",
                "not finite", "may not write, or that are out of range",
                _NATIVE.replace("def on_tick", _SIGNAL + "def on_tick")
                + f"    world.set(crate, Transform, translation=({text}, 0, 0))\n",
            )
            for name, text in _NUMBERS.items()
            for field in ("transform.translation",)
        },
        **{
            f"{text} by a command": _forged(
                f"order('set', entities=[102], component='transform', fields={{'translation': [{text}, 0, 0]}})", "not finite",
                told, "world.set(crate, Transform, translation=(float('nan'), 0, 0))",
            )
            for text, told in (("1e39", "does not take"), ("1e300", "does not take"), ("1 << 200", "takes"), ("'nan'", "take"))
        },
        "a rotation of nothing": _forged(
            "crate = game.find('Crate')\ncrate.rotation = (0, 0, 0, 1)\nm = mirror.data['transform.rotation']\n"
            "for part in range(4): m[mirror.rows[102] + part * mirror.capacity] = 0.0", "no rotation",
            "may not write, or that are out of range", "world.set(crate, Transform, rotation=(0, 0, 0, 0))",
        ),
        "nan where nobody is": _forged(
            "m = mirror.data['transform.translation']\nm[len(m) - 1] = float('nan')\ngame.find('Crate').x = 1.0", "not finite",
            "", "world.set(crate, Transform, translation=(float('nan'), 0, 0))",
        ),
        "no number in an answer": WorldAttack(
            "import game, _game_runtime\n"
            "_game_runtime.encode = lambda facts: b'{\"commands\": [[\"set\", {\"entities\": [102], '\\\n"
            "    b'\"component\": \"transform\", \"fields\": {\"translation\": [NaN, 0, 0]}}]]}'\ndef on_tick(dt): pass\n",
            "not finite", "answered with what no call of game gives",
            _NATIVE + "    world.set(crate, Transform, translation=(float('nan'), 0, 0))\n",
        ),
        "denormals": WorldAttack(
            _tick("c = game.columns('transform', 'translation')", "c.translation[0] = 1e-42", "c.write()"), "player moved",
            "may not write", _NATIVE + f"    {_MOVES_PLAYER}\n",
        ),
    },
    "capabilities": {
        **{
            f"{command} without": WorldAttack(
                f"{_FORGE}    order({command!r}, {arguments})\n", "player gone", f"needs the capability {capability!r}",
                _NATIVE + "    world.despawn(player)\n",
            )
            for command, arguments, capability in (
                ("play_sound", "sound='a.wav'", "audio"),
                ("chat", "text='hello'", "chat"),
                ("store", "key='a', value=1", "storage"),
                ("request", "name='a', url='https://example.org/', method='GET', body=''", "net"),
                ("show_input", "name='a', text='b'", "input.text"),
            )
        },
        "taken for granted": WorldAttack(
            _FORGE + "    mirror.capabilities.update(dict.fromkeys(('audio', 'chat', 'net', 'storage'), 0))\n"
            "    game.play_sound('a.wav')\n", "player gone", "needs the capability 'audio'",
            _NATIVE + "    world.despawn(player)\n",
        ),
        "columns taken for granted": WorldAttack(
            _FORGE + "    mirror.can_place = True\n    for c in mirror.components.values():\n"
            "        for f in c.values(): f.writable = True\n    game.find('Lamp').light.intensity = 99.0\n",
            "lamp", "", _NATIVE + "    world.set(lamp, Light, intensity=99.0)\n",
        ),
    },
    "answers": {
        "noise": _answer("bytes(range(256)) * 100"),
        "nothing but brackets": _answer("b'[' * 100000"),
        "a list": _answer("b'[1, 2, 3]'"),
        "lists without end": _answer("b'{\"commands\":[' + b'[],' * 200000 + b'0]}'"),
        "commands that are none": _answer("b'{\"commands\": {\"despawn\": 100}}'"),
        "a command of the engine's": _answer("b'{\"commands\": [[\"_despawn\", {\"entity\": 100}]]}'"),
        "a command of Python's": _answer("b'{\"commands\": [[\"__class__\", {}]]}'"),
        "a number of a million digits": _answer("b'{\"commands\": ' + b'9' * 900000 + b'}'"),
        "half a letter": _answer("b'{\"commands\": \"\\xc3\"}'"),
        "longer than an answer": _answer("b' ' * ((1 << 20) + 1)", "longer than what may be answered"),
        "another's fault": _answer(
            "b'{\"error\": {\"where\": \"a.victim\\\\n\", \"line\": 7, \"text\": \"\\\\u001b[2J\\\\nfalse\"}}'",
            "stopped until",
        ),
        "a fault of lists": _answer("b'{\"error\": [[[]]]}'", "stopped until"),
    },
    "the engine's time": {
        "commands": _forged(
            "for i in range(1000): order('apply_force', entity=102, force=[0, 0, 0])", "busy", "called less often",
            "for i in range(1000): game.log(i)",
        ),
        "long lists": _forged(
            "for i in range(19): order('set', entities=[102] * 1000, component='transform', fields={'translation': [0, 0, i]})",
            "busy", "called less often", "for i in range(1000): game.log(i)",
        ),
        "rays": WorldAttack(
            _tick("game.raycasts([(0, 1, 0)] * 1500, [(0, -1, 0)] * 1500)"), "busy", "called less often",
            _NATIVE + "    for i in range(1000): game.log(i)\n",
        ),
        "come and go": WorldAttack(
            _tick("new = [game.spawn('') for _ in range(100)]", "for e in old: game.despawn(e)", "old[:] = new", head="old = []\n"),
            "busy", "called less often", _NATIVE + "    for i in range(1000): game.log(i)\n",
        ),
        "texts": WorldAttack(
            _tick("game.find('Crate').name = chr(65 + game.tick % 20) * 16000"), "busy", "",
            _NATIVE + "    for i in range(1000): game.log(i)\n",
        ),
        "refusals": _forged(
            "for i in range(900): order('despawn', entity=100)", "busy", "despawns what it spawned itself",
            "for i in range(1000): game.log(i)",
        ),
    },
}


def _moved(number: int) -> Callable[[App], bool]:
    def look(app: App) -> bool:
        handle = app.world.find(number)
        return handle is not None and tuple(app.world.get(handle, Transform).translation) != (0.0, 0.0, 0.0)

    return look


def _ball_moved(app: App) -> bool:
    """The good mod's ball, or the one that stands for it."""
    balls = [handle for table in app.world.query(Name, Transform) for handle in table.entities.tolist()
             if app.world.get(handle, Name).text == "Ball"]  # fmt: skip
    return any(tuple(app.world.get(ball, Transform).translation) != (0.0, 0.0, 0.0) for ball in balls)


def _not_finite(app: App) -> bool:
    world = app.world
    for table in world.tables:
        for declared in table.components:
            for item in declared.fields:
                if not item.kind.is_object and np.dtype(item.kind.dtype).kind == "f" and len(table):
                    values = table.take(declared.cls, item.name, slice(0, len(table)))
                    if not np.isfinite(values).all():
                        return True
    return False


def _texts(app: App, owner: int | str) -> dict[str, str]:
    return {name: widget.text for name, widget in app.resource(Widgets).of(owner).items()}


def _victims_texts(app: App) -> dict[str, str]:
    return _texts(app, "a.victim") or _texts(app, 104)


def heard_by(app: App) -> list[int]:
    """How many messages the good one has heard, and how many letters."""
    return [int(text) for text in _victims_texts(app)["heard"].split()[:2]]


def _lines(app: App) -> list[str]:
    return [message.text for message in app.resource(ScriptHost).log.messages]


def _has_outside(app: App) -> bool:
    sources = [app.world.get(handle, Model).source for table in app.world.query(Model) for handle in table.entities.tolist()]
    return any(source.startswith(("/", "~")) or ".." in source or ":" in source for source in sources)


def _light(app: App) -> float:
    lamp = app.world.find(LAMP)
    return math.nan if lamp is None else float(app.world.get(lamp, Light).intensity)


HARMS: dict[str, Callable[[App], Any]] = {
    "player gone": lambda app: app.world.find(PLAYER) is None,
    "crate gone": lambda app: app.world.find(CRATE) is None,
    "player moved": _moved(PLAYER),
    "ball moved": _ball_moved,
    "bodiless": lambda app: not app.world.has(app.world.find(PLAYER) or 0, RigidBody),
    "lamp": lambda app: _light(app) != 1.0,
    "crowded": lambda app: len(app.world) > MOST_SPAWNED + 12,
    "chosen id": lambda app: app.world.find(777) is not None,
    "code": lambda app: sum(len(table) for table in app.world.query(Script)) > 2,
    "outside": _has_outside,
    "not finite": _not_finite,
    "no rotation": lambda app: not np.any(app.world.get(app.world.find(CRATE) or 0, Transform).rotation),
    "deafened": lambda app: heard_by(app)[0] >= 5000 or heard_by(app)[1] >= 1_000_000,
    "false sender": lambda app: "false" in _victims_texts(app).get("heard", ""),
    "widget changed": lambda app: _victims_texts(app).get("mine") != "here",
    "lines": lambda app: len(app.resource(ScriptHost).log.messages) > 250,
    "errors hidden": lambda app: not app.resource(ScriptHost).log.takes("error"),
    "steered": lambda app: any(not line.replace("\n", "").isprintable() for line in _lines(app)),
    "false line": lambda app: any(line.startswith("mod 'a.victim' is off") for text in _lines(app) for line in text.split("\n")),
    "long line": lambda app: any(len(line) > 2100 for line in _lines(app)),
    "busy": lambda app: False,
    "tied": lambda app: len(app.world.query(Joint)) > 0,
    "another view": lambda app: len(app.world.query(Camera)) > 0,
    "animated": lambda app: len(app.world.query(PropertyAnimation)) > 0,
    "prefab with code": lambda app: len(app.world.query(PrefabInstance)) > 0,
}
"""What to look for, by name."""
