"""Behaviour of entities, written in Python against the `game` interface.

One table (`taixu.script.api`) says what scripts may do; this package binds it to native Python for a
project's own scripts. Each entity gets a namespace of its own, all of them run in the order of stable ids in
the fixed step, and what other plugins offer (rays, sounds) reaches them by name, so that nothing here knows
physics or audio.
"""

from __future__ import annotations

from taixu.script.components import Script
from taixu.script.events import Event
from taixu.script.fields import ScriptField, find_fields
from taixu.script.host import ScriptHost
from taixu.script.loader import load_script
from taixu.script.messages import ScriptLog, ScriptMessage
from taixu.script.plugin import ScriptPlugin
from taixu.script.stubs import make_stub, write_stubs

__all__ = [
    "Event",
    "Script",
    "ScriptField",
    "ScriptHost",
    "ScriptLog",
    "ScriptMessage",
    "ScriptPlugin",
    "find_fields",
    "load_script",
    "make_stub",
    "write_stubs",
]
