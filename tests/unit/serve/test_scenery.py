from __future__ import annotations

import asyncio
import json
import struct
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import numpy as np
import pytest
from served import serving

import taixu as tx
from taixu.edit import WorldSettings
from taixu.errors import TaixuError
from taixu.render.sky import make_atmosphere
from taixu.scene import Air, Camera, Environment, Material, MeshInstance, MeshLibrary, Shape
from taixu.serve import Access, Server
from taixu.serve.parts.page import PagePart
from taixu.serve.scenery import names_of, old_devices, referred_files, scenery
from taixu.serve.shelf import MeshShelf
from taixu.serve.skies import SkyShelf, plan_sky, rgb9e5
from taixu.twin import Device
from taixu.twin.plugin import TwinPlugin, configure_twin
from taixu.twin.rules.fences import Fence

TOKEN = "a" * 20


@pytest.fixture
def app() -> Iterator[Any]:
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        yield app


def mesh_of(app: Any, name: str) -> int:
    return int(app.world.get(app.scene.find(name).entity, MeshInstance).mesh)


def document(glb: bytes) -> dict[str, Any]:
    assert glb[:4] == b"glTF"
    size = struct.unpack_from("<I", glb, 12)[0]
    found: dict[str, Any] = json.loads(glb[20 : 20 + size])
    return found


def test_a_mesh_is_a_glb_by_the_hash_of_what_is_in_it(app: Any) -> None:
    for name, look in (("One", 0.5), ("Same", 0.5), ("Other", 0.25)):
        app.scene.spawn(name, Shape("box"), Material(roughness=look, metallic=1.0))
    app.settle()
    shelf, meshes = MeshShelf(), app.world.resource(MeshLibrary)
    one, same, other = (shelf.put(meshes, app.world, mesh_of(app, name)) for name in ("One", "Same", "Other"))
    assert one == same and len(one[0]) == 16
    assert one[0] == other[0] and one[1][5] == 0.5 and other[1][5] == 0.25, "looks differ in their paint, and share the mesh"
    glb = shelf.mesh(one[0])
    assert glb is not None and glb is shelf.mesh(one[0]), "it is written once"
    told = document(glb)
    assert "roughnessFactor" not in told["materials"][0].get("pbrMetallicRoughness", {}), "what is painted is one"
    assert told["accessors"][told["meshes"][0]["primitives"][0]["attributes"]["POSITION"]]["count"] == 24
    assert shelf.mesh("0" * 16) is None and shelf.image("0" * 16) is None
    # The same things in another world have the same hash: who scrubs through a recording fetches nothing anew.
    with tx.App.headless() as again:
        again.scene.spawn("Before", Shape("sphere"))
        again.scene.spawn("One", Shape("box"), Material(roughness=0.5, metallic=1.0))
        again.settle()
        assert MeshShelf().put(again.world.resource(MeshLibrary), again.world, mesh_of(again, "One")) == one


def test_pictures_are_apart_from_meshes(app: Any, tmp_path: Path) -> None:
    from taixu.assets.image import encode_png
    from taixu.scene.shape_meshes import ShapeState

    (tmp_path / "dots.png").write_bytes(encode_png(np.zeros((4, 4, 3), np.uint8)))
    (tmp_path / "dots.tga").write_bytes(b"")
    app.world.resource(ShapeState).resolve = lambda path: tmp_path / path
    app.scene.spawn("Dotted", Shape("box"), Material(base_color_texture="dots.png", texture_scale=(2.0, 3.0)))
    app.scene.spawn("Gone", Shape("sphere"), Material(base_color_texture="none.png"))
    app.settle()
    shelf, meshes = MeshShelf(), app.world.resource(MeshLibrary)
    told = document(shelf.mesh(shelf.put(meshes, app.world, mesh_of(app, "Dotted"))[0]) or b"")
    texture = told["materials"][0]["pbrMetallicRoughness"]["baseColorTexture"]
    assert texture["extensions"]["KHR_texture_transform"]["scale"] == [2, 3]
    address = told["images"][told["textures"][texture["index"]]["source"]]["uri"]
    assert address.startswith("../images/") and "bufferView" not in told["images"][0]
    found = shelf.image(address.rpartition("/")[2])
    assert found is not None and found[1] == "image/png" and found[0] == (tmp_path / "dots.png").read_bytes()
    gone = document(shelf.mesh(shelf.put(meshes, app.world, mesh_of(app, "Gone"))[0]) or b"")
    with pytest.raises(TaixuError, match="cannot be read"):
        shelf.image(gone["images"][0]["uri"].rpartition("/")[2])


def test_a_scene_says_what_a_picture_needs(app: Any) -> None:
    app.resource(WorldSettings).values["twin"] = {"georeference": {"latitude_deg": 52, "longitude_deg": 4.35, "height_m": 1}}
    configure_twin(app.world)
    facts, plan = scenery(app.world)
    assert facts["tonemap"] == "neutral" and facts["camera"] is None and plan.sun_direction is None
    app.scene.spawn("Sky", Environment(exposure_ev=1.5, tonemap="aces", rotation_rad=0.5))
    app.scene.spawn("Eye", Camera(fov_y_rad=0.5), position=(3000, 2, 10)).look_at((3000, 2, 0))
    area = Fence(points=[[0, 0], [2, 0], [2, 1]], bottom_m=0, top_m=2)
    cell = app.scene.spawn("Cell", area, Device(kind="danger"), position=(10, 1, 5))
    cell.rotation = (0, np.sin(np.pi / 4), 0, np.cos(np.pi / 4))  # a quarter turn: x becomes -z
    app.scene.spawn("Torn", Fence(points=[[0, 0]]))
    app.settle()
    facts, plan = scenery(app.world)
    assert facts["exposure_ev"] == 1.5 and facts["tonemap"] == "aces" and facts["sky"] == {"intensity": 1.0, "rotation_rad": 0.5}
    assert facts["camera"]["at"] == pytest.approx([3000, 2, 10])
    assert facts["camera"]["forward"] == pytest.approx([0, 0, -1], abs=1e-6)
    assert facts["georeference"] == {"latitude_deg": 52.0, "longitude_deg": 4.35, "height_m": 1.0}
    (fence,) = facts["fences"]
    assert (fence["name"], fence["kind"], fence["bottom"], fence["top"]) == ("Cell", "danger", 1.0, 3.0)
    np.testing.assert_allclose(fence["outline"], [[10, 5], [10, 3], [11, 3]], atol=1e-3)
    assert facts["layers"] == [{"kind": "danger", "count": 1}]
    ids = [app.world.stable_id(cell.entity), 12345]
    assert names_of(app.world, ids) == {f"{ids[0]:016x}": {"name": "Cell", "key": "", "kind": "danger"}}
    assert old_devices(app.world, 5, now_ns=time.time_ns()) == [f"{ids[0]:016x}"], "never heard is as old as can be"
    sky = SkyShelf()
    made = sky.facts(plan)
    assert made["night_ev"] == 0.0, "what somebody has made dark stays so"
    assert made["sun"]["irradiance"][0] > 1 and len(sky.pixels(plan.key) or b"") == 4 * made["width"] * made["height"]
    assert sky.pixels("0" * 16) is None
    assert plan_sky(app.world, Environment(sky="not/there.hdr")).key == plan_sky(app.world, None).key, "the studio stands in"


def test_nights_are_developed_longer_and_days_as_they_are() -> None:
    stops = {}
    for hour in (12.0, 17.0, 19.0, 20.0, 24.0):
        with tx.App.headless() as app:
            app.scene.spawn("Sky", Environment(), Air(hour=hour))
            stops[hour] = SkyShelf().facts(plan_sky(app.world, Environment()))["night_ev"]
    assert stops[12.0] == stops[17.0] == 0.0, "by day the world's own exposure holds"
    assert 1.0 < stops[19.0] < stops[24.0] < stops[20.0] == 5.0, "most of all after dusk, before the moon is up"


def test_a_sky_survives_its_packing() -> None:
    sky = make_atmosphere((0.4, 0.8, 0.45), height=16, keep=False).image
    sky[0, 0] = (0.0, 70_000.0, 1e-9)
    packed = rgb9e5(sky)
    scale = np.exp2((packed >> 27).astype(float) - 24)[..., None]
    seen = np.stack([packed >> shift & 511 for shift in (0, 9, 18)], -1) * scale
    np.testing.assert_allclose(seen[1:], sky[1:], atol=float(sky[1:].max()) / 500)
    assert seen[0, 0].tolist() == [0.0, 65408.0, 0.0]


def test_files_that_a_world_names(app: Any) -> None:
    app.scene.spawn("A", Material(base_color_texture="a/b.png"))
    app.scene.spawn("B", Environment(sky="sky.hdr"))
    assert referred_files(app.world) == {"a/b.png", "sky.hdr"}


@pytest.fixture(scope="module")
def served() -> Iterator[Server]:
    def make(app: tx.App) -> Server:
        app.scene.spawn("Box", Shape("box"), Device(key="b", kind="box"))
        configure_twin(app.world)
        return Server(app, Access.of_one(TOKEN)[0], port=0)

    with serving(make) as server:
        yield server


def fetch(server: Server, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = Request(server.url.rstrip("/") + path, headers=headers | {"Authorization": f"Bearer {TOKEN}"})
    try:
        with urlopen(request, timeout=120) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


def test_a_scene_over_the_network(served: Server) -> None:
    facts = json.loads(fetch(served, "/scene")[2])
    assert facts["layers"] == [{"kind": "box", "count": 1}]
    status, headers, data = fetch(served, facts["sky"]["image"])
    assert status == 200 and "immutable" in headers["Cache-Control"]
    assert len(data) == 4 * facts["sky"]["width"] * facts["sky"]["height"]
    again, _, nothing = fetch(served, facts["sky"]["image"], **{"If-None-Match": headers["ETag"]})
    assert (again, nothing) == (304, b"")
    status, headers, packed = fetch(served, facts["sky"]["image"], **{"Accept-Encoding": "gzip"})
    assert headers["Content-Encoding"] == "gzip" and len(packed) < len(data)
    assert fetch(served, "/scene/names?ids=zz")[0] == 400 and fetch(served, "/scene/old?secs=x")[0] == 400
    assert json.loads(fetch(served, "/scene/names?ids=" + "f" * 16)[2]) == {}
    for path in ("/scene/meshes/" + "0" * 16, "/scene/images/" + "0" * 16, "/scene/skies/" + "0" * 16, "/project/x", "/viewer/x"):
        assert fetch(served, path)[0] == 404
    for path in ("/scene", "/scene/names", "/viewer/viewer.js", "/project/x", "/"):
        with pytest.raises(HTTPError) as caught:
            urlopen(Request(served.url.rstrip("/") + path), timeout=120)
        assert caught.value.code == 401, "nothing without a token"


def test_a_page_that_is_not_built_says_so(tmp_path: Path) -> None:
    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    class Open:
        is_secure = False

        def need(self, role: Any, handler: Any) -> Any:
            async def answer(request: Any) -> Any:
                return await handler(request, None)

            return answer

    async def visit() -> tuple[str, int, int]:
        application = web.Application()
        application.add_routes(PagePart(tmp_path).routes(Open()))  # type: ignore[arg-type]
        async with TestClient(TestServer(application)) as client:
            text = await (await client.get("/")).text()
            absent = (await client.get("/viewer/viewer.js")).status
            (tmp_path / "viewer.js").write_text("1")
            (tmp_path / "link.js").symlink_to("/etc/hostname")
            assert (await client.get("/viewer/viewer.js")).headers["Content-Type"].startswith("text/javascript")
            return text, absent, (await client.get("/viewer/link.js")).status

    text, absent, link = asyncio.run(visit())
    assert "make viewer" in text and (absent, link) == (404, 404)
