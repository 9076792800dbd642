"""What an attack on a world is, and the lines that most of them begin with."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["BALL", "CRATE", "FORGE", "LAMP", "NATIVE", "PLAYER", "SPAWN_OWN", "VICTIM", "WorldAttack", "forged", "lines", "on_tick"]

PLAYER, LAMP, CRATE, BALL = 100, 101, 102, 103

VICTIM = '''
import game
heard = letters = 0
false = ""
def on_start():
    game.show_text("mine", "here")
    game.store("mine", "kept")
def on_event(event):
    global heard, letters, false
    if event.kind == "message":
        heard += 1
        letters += len(str(event.data.get("t", "")))
        sender = event.data.get("sender")
        if sender is not None and sender.id == 100: false = "false"
    elif event.kind == "chat" and event.role == "player": false = "false"
def on_tick(dt):
    game.show_text("heard", f"{heard} {letters} {game.tick} {false}")
'''
"""A good mod, or script: it counts what it hears, and shows it; no player says anything, so who does is false."""

FORGE = '''
import game
from _game_mirror import mirror
def order(command, **arguments): mirror.commands.append([command, arguments])
def on_tick(dt):
    if game.tick < 2: return
'''
"""A mod that reaches around `game`."""

NATIVE = '''
import game
from taixu.animation.properties import PropertyAnimation
from taixu.edit.prefab import PrefabInstance
from taixu.physics import RigidBody
from taixu.scene import *
from taixu.script import *
from taixu.script.chat import *
from taixu.script.storage import Storage
from taixu.script.widgets import Widget, Widgets
def on_tick(dt):
    if game.tick < 2: return
    world = game.entity._node.world
    folder = world.resource(Storage).folder
    player, lamp, crate, ball = (world.find(number) for number in (100, 101, 102, 103))
'''
"""A script of the project, which nothing holds back."""

SPAWN_OWN = "own = None\ndef on_start():\n    global own\n    own = game.spawn('', name='Own')\n"


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
    asks
        What it was granted besides what all are.
    """

    code: str
    harm: str
    told: str
    natively: str = ""
    asks: tuple[str, ...] = ()


def on_tick(*lines: str, head: str = "") -> str:
    """A mod, and a script, that does something in each step."""
    return "import game\n" + head + "def on_tick(dt):\n    if game.tick < 2: return\n" + "".join(f"    {line}\n" for line in lines)


def lines(text: str) -> str:
    """Lines of a function."""
    return "".join(f"    {part}\n" for part in text.split("\n"))


def forged(line: str, harm: str, told: str, natively: str = "pass", *, asks: tuple[str, ...] = ()) -> WorldAttack:
    """An attack by commands that no call of `game` gives, and its lines as a script."""
    return WorldAttack(FORGE + lines(line), harm, told, NATIVE + lines(natively), asks)
