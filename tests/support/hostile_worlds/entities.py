"""Other people's things: by numbers that are nobody's, by columns, by commands, and code that comes with a component."""

from __future__ import annotations

from hostile_worlds.attack import FORGE, NATIVE, SPAWN_OWN, WorldAttack, forged, on_tick

__all__ = ["OTHERS"]

_BALL = "ball = game.find('Ball')\n"
_MOVES_PLAYER = "world.set(player, Transform, translation=(9, 9, 9))"
_WRONG_IDS = {
    "nobody's": ("99999", "no longer alive"), "zero": ("0", "takes an entity"), "negative": ("-1", "takes an entity"),
    "too large": ("1 << 64", "takes an entity"), "half": ("100.5", "takes an entity"), "text": ("'100'", "takes an entity"),
    "truth": ("True", "takes an entity"), "none": ("None", "takes an entity"), "list": ("[100]", "takes an entity"),
    "dict": ("{'$entity': 100}", "takes an entity"), "a handle": ("1 << 32 | 1", "no longer alive"),
    "the player's": ("100", "protected"), "another mod's": ("game.find('Ball').id", "another mod's"),
}  # fmt: skip

OTHERS: dict[str, dict[str, WorldAttack]] = {
    "wrong ids": {
        **{
            f"to write: {name}": forged(
                f"order('set', entities=[{text}], component='transform', fields={{'translation': [9, 9, 9]}})", "player moved",
                told, _MOVES_PLAYER,
            )
            for name, (text, told) in _WRONG_IDS.items()
        },
        **{
            f"to end: {name}": forged(
                f"order('despawn', entity={text})", "player gone",
                "despawns what it spawned itself" if told in ("protected", "another mod's") else told, "world.despawn(player)",
            )
            for name, (text, told) in _WRONG_IDS.items()
        },
        "one's own that is gone": WorldAttack(
            FORGE.replace("def on_tick", SPAWN_OWN + "def on_tick")
            + "    order('despawn', entity=own.id)\n    order('set', entities=[own.id], component='name', fields={'text': 'x'})\n",
            "player gone", "no longer alive", NATIVE + "    world.despawn(player)\n",
        ),
        "some that are good": forged(
            "order('set', entities=[102, 100], component='transform', fields={'translation': [9, 9, 9]})", "player moved",
            "protected", _MOVES_PLAYER,
        ),
    },
    "others' entities": {
        "by column": forged(
            _BALL + "mirror.data['transform.translation'][mirror.places[ball.id]] = 9.0\nball.y = 1.0", "ball moved",
            "may not write", "world.set(ball, Transform, translation=(9, 9, 9))",
        ),
        "the player by column": WorldAttack(
            on_tick("for e in game.query('transform'): e.x = 9"), "player moved", "may not write",
        ),
        "every bit of the mask": forged(
            "for key, data in mirror.data.items():\n    if key == '@written': data[:] = type(data)('B', bytes([255]) * len(data))\n"
            "mirror.data['transform.translation'][mirror.places[100]] = 9.0\ngame.find('Crate').y = 1.0", "player moved",
            "may not write", _MOVES_PLAYER,
        ),
        "taken away from": forged(
            "order('remove', entity=100, component='rigid_body')", "bodiless", "protected", "world.remove(player, RigidBody)"
        ),
        "given to": forged(
            "order('add', entity=100, component='transform', fields={'translation': [9, 9, 9]})", "player moved", "protected",
            _MOVES_PLAYER,
        ),
        "pushed": forged(
            "order('apply_impulse', entity=100, impulse=[9, 9, 9])", "player moved", "protected", _MOVES_PLAYER,
        ),
        "hung below one's own, and ended with it": WorldAttack(
            FORGE.replace("def on_tick", SPAWN_OWN + "def on_tick")
            + "    if game.find('Crate').has('parent'): order('despawn', entity=own.id)\n"
            "    else: order('add', entity=102, component='parent', fields={'entity': own.id})\n",
            "crate gone", "somebody else's", NATIVE + "    world.despawn(crate)\n",
        ),
        "a joint to the player's body": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 0, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'joint': {'a': {'$entity': 102}, 'b': {'$entity': 100}}})", "tied", "protected",
            "from taixu.physics import Joint\nworld.spawn(Joint(a=crate, b=player))",
        ),
        "everybody's eyes": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'camera': {'priority': 1000000}})", "another view", "reaches further than one entity",
            "world.spawn(Transform(), Camera(priority=1000000))",
        ),
        "the engine's own by an animation": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'property_animation': {'tracks': {'mesh_instance.mesh': {'times': [0], 'values': [4e9]}}}})",
            "animated", "no mod may touch 'mesh_instance'",
            "world.spawn(Transform(), PropertyAnimation(tracks={'mesh_instance.mesh': {'times': [0], 'values': [4e9]}}))",
        ),
        "code by a prefab": forged(
            "n = mirror.ids.pop()\norder('spawn', entity=n, what='', position=[0, 9, 0], rotation=None, scale=1, name='',"
            " parent=None, components={'prefab_instance': {'source': 'a.prefab.json', 'added':"
            " [{'child': '', 'component': 'script', 'fields': {'path': 'scripts/a.py'}}]}})",
            "prefab with code", "places prefabs as they are",
            "world.spawn(Transform(), PrefabInstance('a.prefab.json', added=[{'component': 'script'}]))",
        ),
        "text of another on the screen": forged(
            "order('show_text', name='mine', text='false', owner='a.victim')", "widget changed", "takes no 'owner'",
            "world.resource(Widgets).hide(104, 'mine')",
        ),
        "taken off the screen": forged(
            "order('hide', name='mine')\norder('hide', name='')", "widget changed", "",
            "world.resource(Widgets).hide(104)",
        ),
    },
    "columns without permission": {
        "in its own copy": forged(
            "mirror.data['light.intensity'][mirror.rows[101]] = 99.0", "lamp", "", "world.set(lamp, Light, intensity=99.0)"
        ),
        "by a command": forged(
            "order('set', entities=[101], component='light', fields={'intensity': 99.0})", "lamp",
            "may not write 'light.intensity'", "world.set(lamp, Light, intensity=99.0)",
        ),
        "by adding it": forged(
            "order('add', entity=101, component='light', fields={'intensity': 99.0})", "lamp", "may not write 'light'",
            "world.set(lamp, Light, intensity=99.0)",
        ),
        "code": forged(
            "order('add', entity=102, component='script', fields={'path': 'scripts/a.py'})", "code", "no mod may touch 'script'",
            "world.insert(crate, Script('scripts/a.py'))",
        ),
        "a field that there is not": forged(
            "order('set', entities=[102], component='transform', fields={'__class__': 1})", "player moved", "no field '__class__'",
            _MOVES_PLAYER,
        ),
        "a component that there is not": forged(
            "order('set', entities=[102], component='__dict__', fields={})", "player moved", "no component '__dict__'",
            _MOVES_PLAYER,
        ),
        "another's column of the same name": forged(
            "mirror.components['light']['intensity'].writable = True\ngame.find('Lamp').light.intensity = 99.0", "lamp", "",
            "world.set(lamp, Light, intensity=99.0)",
        ),
    },
}
