"""Where the engine enters the sandbox: `boot`, `call` and `column`."""

from __future__ import annotations

import _box
import _game_numbers
import _game_runtime
from _game_mirror import mirror

__all__ = ["boot", "call", "column"]

_TICK, _SAVE, _LOAD = 1, 2, 3


def boot(config):
    facts = _game_runtime.decode(bytes(config))
    _game_runtime.use_log(_box.log)
    host = getattr(_box, "colop", None)
    if host is not None:
        _game_numbers.use_host(host, facts["ops"])
    _game_runtime.boot(facts)
    return b'{"ok": true}'


def call(kind, payload):
    if kind == _TICK:
        return _game_runtime.encode(_game_runtime.run(_game_runtime.decode(payload)))
    if kind == _SAVE:
        return _game_runtime.encode(_game_runtime.save())
    if kind == _LOAD:
        _game_runtime.load(_game_runtime.decode(payload))
    return b""


def column(name, nbytes):
    return mirror.column(name, nbytes)
