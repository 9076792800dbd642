"""The twin: devices feed a world, nothing that happened is lost, rules watch, and commands go back.

A reading's way: a connector gives a `Batch`; the `Feed` finds whose it is (`Device`, `Roster`), turns units and frames into the
world's, and writes columns; everybody who follows the world (renderer, recorder, rules, viewers) asks for changed rows, as always.

The package is shaped by that way: `batch` and `wire` are what travels; `bindings`, `units`, `frames`, `device` say what it means;
`feed` and `fusion` write it.
"""

from __future__ import annotations

from taixu.twin.batch import Batch
from taixu.twin.device import Device, Roster
from taixu.twin.feed import Feed
from taixu.twin.wire import decode_batch, decode_json, encode_batch

__all__ = ["Batch", "Device", "Feed", "Roster", "decode_batch", "decode_json", "encode_batch"]
