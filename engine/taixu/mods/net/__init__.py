"""The network for mods: the engine asks in their place, by https alone, servers that the player agreed to.

A mod has no socket, and neither has the process that it runs in. What it asks with `game.request` is looked at here, done in
a thread of the engine's, and answered by an event in a later step, which recordings of input hold. An address is looked up
once, must be a public one, and is the one that is connected to, so that a name cannot lead into the player's own network.
Where the wall of the operating system around mods has gaps nothing is asked at all.
"""

from __future__ import annotations

from taixu.mods.net.broker import NetBroker

__all__ = ["NetBroker"]
