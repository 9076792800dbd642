"""Floods: of messages, lines and things, and of work for the engine."""

from __future__ import annotations

from hostile_worlds.attack import NATIVE, WorldAttack, forged, on_tick

__all__ = ["FLOODS"]

_MOVES_PLAYER = "world.set(player, Transform, translation=(9, 9, 9))"
_COME_AND_GO = on_tick(
    "new = [game.spawn('') for _ in range(100)]", "for e in old: game.despawn(e)", "old[:] = new", head="old = []\n"
)  # fmt: skip

FLOODS: dict[str, dict[str, WorldAttack]] = {
    "events": {
        "many messages": WorldAttack(on_tick("for i in range(900): game.send('m', t='')"), "deafened", "sends more messages than"),
        "long messages": WorldAttack(
            on_tick("for i in range(50): game.send('m', t='x' * 16000)"), "deafened", "sends more messages"
        ),
        "more than may be asked": forged(
            "for i in range(5000): order('send', name='m', to=None, data={})", "deafened", "more than 1000 calls in a step",
            "for i in range(5000): game.send('m')",
        ),
        "many numbers": forged(
            "for i in range(8): order('send', name='m', to=None, data={'a': [1e15] * 4000})", "deafened",
            "numbers, texts and lists", "for i in range(50): game.send('m', t='x' * 40000)",
        ),
        "in the player's name": forged(
            "order('send', name='m', to=None, data={'sender': {'$entity': 100}})", "false sender", "",
            "world.resource(ScriptHost).delivery.post(Event('message', 'm', {'sender': game.find('Player')}), None)",
        ),
        "deep": forged(
            "deep = []\nfor _ in range(60): deep = [deep]\norder('send', name='m', to=None, data={'t': deep})", "player gone",
            "more than crosses", "world.despawn(player)",
        ),
    },
    "logs": {
        "lines": WorldAttack(on_tick("for i in range(3000): game.log(i)"), "lines", "says more than is kept"),
        "prints": WorldAttack(on_tick("for i in range(3000): print(i)"), "lines", "says more than is kept"),
        "errors that hide errors": WorldAttack(
            on_tick("for i in range(3000): game.log(i, level='error')"), "errors hidden", "says more than is kept"
        ),
        "by commands": forged(
            "for i in range(200): order('log', text=str(i), level='error')", "errors hidden", "says more than is kept",
            "for i in range(3000): game.log(i, level='error')",
        ),
        "letters that steer a terminal": WorldAttack(on_tick("game.log('\\x1b[2J\\x1b]0;owned\\x07')"), "steered", ""),
        "writing that turns": WorldAttack(on_tick("game.log('safe \\u202etxt.exe')"), "steered", ""),
        "a false line": WorldAttack(on_tick("game.log('x\\nmod \\'a.victim\\' is off')"), "false line", ""),
        "long lines": WorldAttack(on_tick("for i in range(30): game.log('x' * 1000000)"), "long line", ""),
        "refusals that differ": forged(
            "for i in range(300): order('set', entities=[100], component=f'no{game.tick}_{i}', fields={})", "lines",
            "was refused", "for i in range(300): game.log(i)",
        ),
    },
    "spawns": {
        "many": WorldAttack(
            on_tick("try:", "    for i in range(250): game.spawn('')", "except Exception as error: game.log(error)"), "crowded",
            "200 entities of the mod live already",
        ),
        "an id of its own choice": forged(
            "order('spawn', entity=777, what='', position=[0, 0, 0], rotation=None, scale=1, name='', parent=None, components={})",
            "chosen id", "not one that the mod was given", "world.spawn(Transform(), stable_id=777)",
        ),
        "an id twice": forged(
            "n = game.spawn('').id\nfor i in range(300): order('spawn', entity=n, what='', position=[0, 0, 0], rotation=None,"
            " scale=1, name='', parent=None, components={})", "crowded", "not one that the mod was given",
            "for i in range(300): game.spawn('')",
        ),
        "the player's id": forged(
            "order('spawn', entity=100, what='', position=[9, 9, 9], rotation=None, scale=1, name='', parent=None, components={})",
            "player moved", "not one that the mod was given", _MOVES_PLAYER,
        ),
        "with code": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'script': {'path': 'scripts/a.py'}})", "code", "no mod may touch 'script'",
            "game.spawn('', script={'path': 'scripts/a.py'})",
        ),
        "with a place in the engine's tables": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'mesh_instance': {'mesh': 4294967295}})", "player gone", "no mod may touch 'mesh_instance'",
            "world.despawn(player)",
        ),
        **{
            f"from {place}": forged(
                f"n = mirror.ids.pop()\norder('spawn', entity=n, what={place!r}, position=[0, 0, 0], rotation=None, scale=1,"
                " name='', parent=None, components={})", "outside", "outside of the project",
                f"world.spawn(Transform(), Model({place!r}))",
            )
            for place in ("/etc/passwd", "../../secret.glb", "~/secret.glb", "file:///etc/passwd", "C:\\x.glb", "a\\..\\..\\b.glb")
        },
        "a picture from outside": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'model': {'source': '/etc/passwd'}})", "outside", "outside of the project",
            "world.spawn(Transform(), Model('/etc/passwd'))",
        ),
        "below the player": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=99999, components={})", "player gone", "no longer alive", "world.despawn(player)",
        ),
    },
    "the engine's time": {
        "commands": forged(
            "for i in range(2000): order('apply_force', entity=102, force=[0, 0, 0])", "busy", "called less often",
            "for i in range(2000): game.apply_force(game.find('Crate'), (0, 0, 0))",
        ),
        "long lists": forged(
            "for i in range(19): order('set', entities=[102] * 1000, component='transform', fields={'translation': [0, 0, i]})",
            "busy", "called less often",
            "for i in range(19000): world.set(crate, Transform, translation=(0, 0, i))",
        ),
        "rays": WorldAttack(
            on_tick("game.raycasts([(0, 1, 0)] * 1500, [(0, -1, 0)] * 1500)"), "busy", "called less often",
            NATIVE + "    for i in range(20): game.raycasts([(0, 1, 0)] * 1000, [(0, -1, 0)] * 1000)\n",
        ),
        "come and go": WorldAttack(
            _COME_AND_GO, "busy", "called less often", _COME_AND_GO.replace("range(100)", "range(500)"),
        ),
        "texts": WorldAttack(
            on_tick("game.find('Crate').name = chr(65 + game.tick % 20) * 16000"), "busy", "",
            NATIVE + "    for i in range(9000): world.set(crate, Name, text=chr(65 + i % 20) * 16000)\n",
        ),
        "refusals": forged(
            "for i in range(900): order('despawn', entity=100)", "busy", "despawns what it spawned itself",
            "for i in range(400): game.despawn(game.spawn(''))",
        ),
    },
}
