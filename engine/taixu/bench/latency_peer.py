"""``python -m taixu.bench.latency_peer JSON``: the least that a picture takes to a page, until standard input ends.

A WebSocket that answers each number at once with a picture of it that was encoded beforehand. What a server takes longer than that
it took to notice, draw, read back and encode.
"""

from __future__ import annotations

import asyncio
import json
import sys
from typing import Any

__all__: list[str] = []


def encoded_pictures(size: tuple[int, int], fps: int, count: int) -> tuple[list[bytes], str]:
    """A key frame for each number, of the same scene by the same encoder, and what the codec is called."""
    from taixu.bench.code_scene import PLACES, build, camera_for
    from taixu.defaults import App
    from taixu.render import Renderer, VideoFrame, View, ViewCamera
    from taixu.serve.pictures.encoding import codecs_here, open_encoder
    from taixu.serve.pictures.wishes import Pose, Wish, read_camera

    codec = codecs_here()[0]
    encoder = open_encoder(codec, size, fps=fps, kbps=Wish(size, fps).wanted_kbps, quantiser=4)
    found, name = [], ""
    with App.headless() as app:
        build(app, count)
        app.settle()
        renderer = Renderer(app.drawing.device)
        for code in range(PLACES):
            pose = read_camera(camera_for(code))
            assert isinstance(pose, Pose)
            view = View(ViewCamera.looking(pose.eye, pose.target, fov_y_rad=pose.fov_y_rad), size, quality="fast")
            renderer.render(app.world, [view])
            encoded = encoder.encode(VideoFrame(renderer.read(view), size), is_key=True)
            view.release()
            assert encoded is not None
            name = encoded.codec or name
            found.append(encoded.data)
    return found, name


async def serve(asked: dict[str, Any]) -> None:
    """Serve; says ``{"url", "codec", "bytes"}`` when it is ready."""
    from aiohttp import WSMsgType, web

    pictures, codec = encoded_pictures((asked["size"][0], asked["size"][1]), asked["fps"], asked["n"])

    async def page(request: web.Request) -> web.Response:
        return web.Response(text="<!doctype html><title>peer</title>", content_type="text/html")

    async def echo(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(compress=False)
        await socket.prepare(request)
        async for message in socket:
            if message.type is not WSMsgType.TEXT:
                break
            await socket.send_bytes(pictures[int(message.data) % len(pictures)])
        return socket

    application = web.Application()
    application.add_routes([web.get("/", page), web.get("/echo", echo)])
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    mean = sum(map(len, pictures)) / len(pictures)
    print(json.dumps({"url": f"http://127.0.0.1:{runner.addresses[0][1]}/", "codec": codec, "bytes": round(mean)}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    await runner.cleanup()


if __name__ == "__main__":
    asyncio.run(serve(json.loads(sys.argv[1])))
