"""Many viewers in a process of their own, for the benchmark of viewers: ``python -m taixu.bench.viewing '{"url": ...}'``.

It says when it begins to count, and then what it has counted.
"""

from __future__ import annotations

import asyncio
import json
import random
import struct
import sys
import time
from typing import Any

__all__: list[str] = []

_DRAWN_SECS = 0.03
"""A viewer draws at most so often, and says then what he has shown."""


async def _view(session: Any, asked: dict[str, Any], seed: int, until: float, *, is_slow: bool = False) -> tuple[int, int, int]:
    """Look somewhere, and count binary messages, their bytes and the things they speak of; the first, of everything, apart."""
    chance = random.Random(seed)
    half = asked["side_m"] / 2
    at = [chance.uniform(-half, half), 0.0, chance.uniform(-half, half)]
    frames = size = things = 0
    token = {"Authorization": f"Bearer {asked['token']}"}
    async with session.ws_connect(asked["url"] + "watch", headers=token, max_msg_size=0) as socket:
        await socket.send_json({"look": {"at": at, "reach": asked["reach_m"]}})
        heard, told = 0, 0.0
        while time.monotonic() < until:
            try:
                message = await socket.receive(timeout=max(until - time.monotonic(), 0.01))
            except TimeoutError:
                break
            if not isinstance(message.data, bytes):
                continue
            heard += 1
            if not is_slow and time.monotonic() - told > _DRAWN_SECS:
                told = time.monotonic()
                await socket.send_json({"shown": heard})
            if time.monotonic() > until - asked["secs"] and heard > 1:
                frames += 1
                size += len(message.data)
                things += struct.unpack_from("<I", message.data, 8)[0] if len(message.data) > 40 else 0
    return frames, size, things


async def _main(asked: dict[str, Any]) -> dict[str, Any]:
    import aiohttp

    until = time.monotonic() + 2.0 + asked["secs"]  # everybody is there by then
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
        views = [_view(session, asked, seed, until, is_slow=False) for seed in range(asked["viewers"])]
        slow = _view(session, asked, -1, until, is_slow=True)
        watching = asyncio.gather(*views, slow)
        await asyncio.sleep(until - asked["secs"] - time.monotonic())
        print("counting", flush=True)
        *found, _ = await watching
    rates = sorted(frames / asked["secs"] for frames, _, _ in found)
    frames = max(sum(each[0] for each in found), 1)
    return {
        "median_fps": round(rates[len(rates) // 2], 2), "slowest_fps": round(rates[0], 2),
        "bytes_each": round(sum(each[1] for each in found) / frames), "things_each": round(sum(each[2] for each in found) / frames),
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(asyncio.run(_main(json.loads(sys.argv[1])))))
