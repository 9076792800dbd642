"""Numbers that are none, in columns and commands, and answers that are no answers."""

from __future__ import annotations

from hostile_worlds.attack import FORGE, NATIVE, WorldAttack, forged, on_tick

__all__ = ["NONSENSE"]

_MOVES_PLAYER = "world.set(player, Transform, translation=(9, 9, 9))"
_NUMBERS = {
    "nan": "float('nan')", "infinity": "float('inf')", "minus infinity": "-float('inf')", "nan with a message": "SIGNAL",
}  # fmt: skip
_SIGNAL = "from array import array\nSIGNAL = array('f', bytes([1, 0, 160, 127]))[0]\n"


def _answer(payload: str, told: str = "answered with what no call of game gives") -> WorldAttack:
    """Bytes in the place of what the runtime gives; natively all scripts share it, and the good one is heard no more."""
    head = f"import game\nPAYLOAD = {payload}\n"
    code = f"{head}import _game_runtime\n_game_runtime.encode = lambda facts: PAYLOAD\n"
    native = f"{head}game.show_text = lambda *texts, **more: PAYLOAD\n"
    return WorldAttack(code + "def on_tick(dt): pass\n", "silenced", told, native + "def on_tick(dt): pass\n")


NONSENSE: dict[str, dict[str, WorldAttack]] = {
    "numbers": {
        **{
            f"{name} in {field}": WorldAttack(
                FORGE.replace("def order", _SIGNAL + "def order")
                + f"    crate = game.find('Crate')\n    crate.x = 1.0\n    mirror.data['{field}'][mirror.rows[102]] = {text}\n",
                "not finite", "may not write, or that are out of range",
                NATIVE.replace("def on_tick", _SIGNAL + "def on_tick")
                + f"    world.set(crate, Transform, translation=({text}, 0, 0))\n",
            )
            for name, text in _NUMBERS.items()
            for field in ("transform.translation",)
        },
        **{
            f"{text} by a command": forged(
                f"order('set', entities=[102], component='transform', fields={{'translation': [{text}, 0, 0]}})", "not finite",
                told, "world.set(crate, Transform, translation=(float('nan'), 0, 0))",
            )
            for text, told in (("1e39", "does not take"), ("1e300", "does not take"), ("1 << 200", "takes"), ("'nan'", "take"))
        },
        "a rotation of nothing": forged(
            "crate = game.find('Crate')\ncrate.rotation = (0, 0, 0, 1)\nm = mirror.data['transform.rotation']\n"
            "for part in range(4): m[mirror.rows[102] + part * mirror.capacity] = 0.0", "no rotation",
            "may not write, or that are out of range", "world.set(crate, Transform, rotation=(0, 0, 0, 0))",
        ),
        "nan where nobody is": forged(
            "m = mirror.data['transform.translation']\nm[len(m) - 1] = float('nan')\ngame.find('Crate').x = 1.0", "not finite",
            "", "world.set(crate, Transform, translation=(float('nan'), 0, 0))",
        ),
        "no number in an answer": WorldAttack(
            "import game, _game_runtime\n"
            "_game_runtime.encode = lambda facts: b'{\"commands\": [[\"set\", {\"entities\": [102], '\\\n"
            "    b'\"component\": \"transform\", \"fields\": {\"translation\": [NaN, 0, 0]}}]]}'\ndef on_tick(dt): pass\n",
            "not finite", "answered with what no call of game gives",
            NATIVE + "    world.set(crate, Transform, translation=(float('nan'), 0, 0))\n",
        ),
        "denormals": WorldAttack(
            on_tick("c = game.columns('transform', 'translation')", "c.translation[0] = 1e-42", "c.write()"), "player moved",
            "may not write", NATIVE + f"    {_MOVES_PLAYER}\n",
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
}
