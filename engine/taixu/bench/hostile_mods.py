"""Mods that mean harm, by families, as `taixu bench mod-attacks` loads them beside the good ones of a sample."""

from __future__ import annotations

__all__ = ["CAPABILITIES", "FAMILIES", "READS", "WRITES"]

READS = ("name", "transform", "light", "rigid_body", "shape")
WRITES = ("transform",)
CAPABILITIES = ("spawn", "ui", "audio", "input", "chat", "storage")
"""What a player has agreed to give them: little is refused for want of a permission."""

_BEHIND = (
    "import game\nfrom _game_mirror import mirror\n"
    "def order(command, **arguments): mirror.commands.append([command, arguments])\n"
)
_SAYING = "import _game_runtime\n_game_runtime.encode = lambda facts: {}\ndef on_tick(dt): pass\n"


def _tick(body: str, head: str = "import game\n") -> str:
    return head + "def on_tick(dt):\n" + "".join(f"    {line}\n" for line in body.split("\n"))


FAMILIES: dict[str, tuple[str, ...]] = {
    "files": (
        _tick("open('/etc/passwd').read()"), _tick("import os\nos.listdir('/')"),
        _tick("try: open('/etc/passwd')\nexcept BaseException: game.log('tried')"),
    ),
    "processes": (_tick("import os\nos.system('true')"), _tick("import subprocess\nsubprocess.run(['true'])")),
    "network": (
        _tick("import socket\nsocket.create_connection(('127.0.0.1', 80))"),
        _tick("try: import socket\nexcept BaseException: pass\ngame.request('a', 'https://example.org/')"),
    ),
    "clocks": (_tick("import time\ntime.time()"), _tick("import time\nwhile True: time.sleep(1)")),
    "loops": (
        _tick("while True: pass"),
        _tick("while True:\n    try:\n        while True: pass\n    except BaseException: pass"),
        _tick("n = 0\nwhile n < 3_000_000: n += 1"),
        _tick("sum(range(10 ** 12))"),
    ),
    "memory": (
        _tick("held = []\nwhile True: held.append(bytearray(1 << 20))"), _tick("'%209715200d' % 1"), _tick("1 << (200 << 23)"),
        _tick("held.append(bytearray(1 << 16))", "import game\nheld = []\n"),
    ),
    "recursion": (_tick("def deeper(): return deeper()\ndeeper()"), _tick("x = []\nfor i in range(10 ** 6): x = [x]\nrepr(x)")),
    "bytecode": (
        _tick("def f(): pass\nf.__code__ = f.__code__.replace(co_consts=(), co_code=bytes([151, 0, 100, 200, 83, 0]))\nf()"),
        _tick("def f(): pass\nf.__code__ = f.__code__.replace(co_code=bytes([83, 255, 83, 200, 44, 9]) * 90)\nf()"),
    ),
    "regex": (_tick("import re\nre.match(r'(a+)+$', 'a' * 60 + 'b')"), _tick("import re\nre.match(r'(a|a)*$', 'a' * 60 + 'b')")),
    "decompression": (
        _tick("import zlib\nd = zlib.compressobj(9)\nb = b''.join(d.compress(bytes(1 << 20)) for _ in range(90)) + d.flush()\n"
              "zlib.decompress(b)"),
    ),
    "pointers": (
        _tick("import _box\n_box.colop(0x111101, 1 << 31, 8, 8, 1 << 20, 1.0)"),
        _tick("import _box\nfor i in range(5000): _box.log(1, 'x' * 2000)"),
        _tick("c = game.columns('transform', 'translation')\nfor _ in range(400): game.sin(c.translation[0])"),
    ),
    "logs": (
        _tick("for i in range(5000): game.log('x' * 500, i)"), _tick("for i in range(5000): print('\\x1b[2J', i)"),
        _tick("for i in range(300): game.log(i, level='error')"),
    ),
    "messages": (
        _tick("for i in range(900): game.send('score', who='eve', points=i)"),
        _tick("for i in range(50): game.send('ask', text='x' * 16000)"),
        _tick("for i in range(40): order('send', name='m', to=None, data={'a': [1e15] * 400})", _BEHIND),
    ),
    "spawns": (
        _tick("for i in range(250): game.spawn('box', position=(i % 9, 9, i // 9))"),
        _tick("new = [game.spawn('') for _ in range(100)]\nfor each in old: game.despawn(each)\nold[:] = new",
              "import game\nold = []\n"),
        _tick("for i in range(100): game.spawn(f'no{game.tick}_{i}.glb')"),
    ),
    "widgets": (
        _tick("for i in range(60): game.show_text(f'a{i}', 'x' * 400 + str(game.tick))"),
        _tick("for i in range(100): game.chat(f'{i}')"), _tick("for i in range(200): game.store(f'k{i}', 'x' * 4000)"),
    ),
    "wrong entities": (
        _tick("for i in range(900): order('despawn', entity=i + 1)", _BEHIND),
        _tick("for i in range(900): order('set', entities=[i + 1], component='light', fields={'intensity': 9e9})", _BEHIND),
        _tick("for e in game.query('transform'): e.x = 9"),
    ),
    "numbers": (
        _tick("m = mirror.data['transform.translation']\nm[:] = type(m)('f', [float('nan')]) * len(m)\n"
              "c = game.columns('transform', 'translation')\nc.write()", _BEHIND),
        _tick("c = game.columns('transform', 'translation')\nc.translation[0] = 1e-42\nc.write()"),
        _tick("for i in range(300): order('set', entities=[1], component='transform', fields={'scale': [1e39, 0, 0]})", _BEHIND),
    ),
    "answers": (
        _SAYING.format("b'[' * 100000"), _SAYING.format("b'{\"commands\":[' + b'[],' * 200000 + b'0]}'"),
        _SAYING.format("bytes(range(256)) * 3000"),
    ),
    "the engine's time": (
        _tick("for i in range(1000): order('set', entities=own * 10, component='name', fields={'text': str(i)})",
              _BEHIND + "own = []\ndef on_start(): own.extend(game.spawn('', name='x').id for _ in range(100))\n"),
        _tick("game.raycasts([(0, 9, 0)] * 1000, [(0, -1, 0)] * 1000)"),
        _tick("for i in range(900): game.play_sound(f'no{game.tick}_{i}.wav')"),
    ),
}
"""Sources by family; each is the ``main.py`` of one mod."""
