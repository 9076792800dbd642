"""Panda3D: a node for each box, or hardware instancing with positions in a buffer texture."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from numpy.typing import NDArray

from taixu.bench import boxes
from taixu.bench.peers.common import Request, Skipped, measure_frames

__all__ = ["measure"]

_VERTEX = """#version 150
uniform mat4 p3d_ModelViewProjectionMatrix;
uniform samplerBuffer places;
in vec4 p3d_Vertex;
in vec3 p3d_Normal;
out vec3 normal;
void main() {
    normal = p3d_Normal;
    gl_Position = p3d_ModelViewProjectionMatrix * vec4(p3d_Vertex.xyz + texelFetch(places, gl_InstanceID).xyz, 1.0);
}
"""
_FRAGMENT = """#version 150
in vec3 normal;
out vec4 color;
void main() {
    float shine = max(dot(normalize(normal), normalize(vec3(0.4, -0.45, 0.8))), 0.0);
    color = vec4(vec3(0.8, 0.5, 0.3) * (0.25 + 0.75 * shine), 1.0);
}
"""


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with Panda3D."""
    try:
        from panda3d.core import GraphicsOutput, PandaSystem, Texture, loadPrcFileData
    except ImportError:
        raise Skipped('Panda3D is not installed; pip install "taixu[bench]" brings it') from None
    pipe = os.environ.get("TAIXU_PANDA_PIPE", "p3headlessgl")
    loadPrcFileData(
        "",
        f"load-display {pipe}\nwindow-type offscreen\nwin-size {request.width} {request.height}\n"
        "sync-video false\naudio-library-name null\nframebuffer-multisample false\nmultisamples 0\n"
        "notify-level error\ngarbage-collect-states false\n"
        + ("gl-version 3 2\n" if request.variant == "instances" else ""),
    )
    from direct.showbase.ShowBase import ShowBase

    base = ShowBase(windowType="offscreen")
    if base.win is None:
        raise Skipped(f"Panda3D opens no {pipe} buffer here")
    base.setBackgroundColor(*boxes.BACKGROUND)
    base.disableMouse()
    centres, phases, edge = boxes.grid(request.n)
    base.camLens.setAspectRatio(request.width / request.height)
    base.camLens.setMinFov(boxes.FOV_Y_DEG)
    base.camLens.setNearFar(boxes.NEAR, boxes.FAR * edge)
    picture = Texture()
    if request.read_back:
        base.win.addRenderTexture(picture, GraphicsOutput.RTMCopyRam, GraphicsOutput.RTPColor)
    put = (_nodes if request.variant == "nodes" else _instances)(base, _z_up(centres))

    def frame(index: int) -> NDArray[np.uint8] | None:
        if request.scene == "S1":
            put(_z_up(boxes.moved(centres, phases, index)))
        x, y, z = boxes.camera_position(request.scene, edge, index)
        base.camera.setPos(x, -z, y)
        base.camera.lookAt(0, 0, 0)
        base.graphicsEngine.renderFrame()
        if not request.read_back:
            return None
        pixels = np.frombuffer(picture.getRamImageAs("RGB"), np.uint8)
        return pixels.reshape(request.height, request.width, 3)[::-1]

    driver = base.win.getGsg().getDriverRenderer()
    return measure_frames(request, frame, version=PandaSystem.getVersionString(), gpu=driver)


def _z_up(places: NDArray[np.float32]) -> NDArray[np.float32]:
    """Positions ``[3, n]`` with Y up as ``[n, 3]`` with Z up, as Panda3D wants."""
    return np.stack([places[0], -places[2], places[1]], 1)


def _box() -> Any:
    from panda3d.core import Geom, GeomTriangles, GeomVertexData, GeomVertexFormat, GeomVertexWriter

    data = GeomVertexData("box", GeomVertexFormat.getV3n3(), Geom.UHStatic)
    data.setNumRows(24)
    vertices, normals = GeomVertexWriter(data, "vertex"), GeomVertexWriter(data, "normal")
    triangles = GeomTriangles(Geom.UHStatic)
    first = 0
    for axis in range(3):
        for side in (-1, 1):
            normal = np.zeros(3)
            normal[axis] = side
            along = np.roll(normal, 1)
            across = np.cross(normal, along)
            for u, v in ((-1, -1), (1, -1), (1, 1), (-1, 1)):
                vertices.addData3(*((normal + u * along + v * across) * 0.5))
                normals.addData3(*normal)
            triangles.addVertices(first, first + 1, first + 2)
            triangles.addVertices(first, first + 2, first + 3)
            first += 4
    geom = Geom(data)
    geom.addPrimitive(triangles)
    return geom


def _nodes(base: Any, places: NDArray[np.float32]) -> Any:
    from panda3d.core import AmbientLight, DirectionalLight, GeomNode, Material

    sun = DirectionalLight("sun")
    sun.setColor((boxes.SUN, boxes.SUN, boxes.SUN, 1))
    sun_node = base.render.attachNewNode(sun)
    x, y, z = boxes.SUN_DIRECTION
    sun_node.setPos(x, -z, y)
    sun_node.lookAt(0, 0, 0)
    base.render.setLight(sun_node)
    sky = AmbientLight("sky")
    sky.setColor((boxes.AMBIENT, boxes.AMBIENT, boxes.AMBIENT, 1))
    base.render.setLight(base.render.attachNewNode(sky))
    material = Material()
    material.setDiffuse((*boxes.COLOR, 1))
    material.setAmbient((*boxes.COLOR, 1))
    base.render.setMaterial(material)
    geometry = GeomNode("box")
    geometry.addGeom(_box())
    nodes = []
    for place in places.tolist():
        node = base.render.attachNewNode("place")
        node.node().addChild(geometry)
        node.setPos(*place)
        nodes.append(node)

    def put(now: NDArray[np.float32]) -> None:
        for node, place in zip(nodes, now.tolist()):
            node.setPos(*place)

    return put


def _instances(base: Any, places: NDArray[np.float32]) -> Any:
    from panda3d.core import GeomEnums, GeomNode, OmniBoundingVolume, Shader, Texture

    table = Texture("places")
    table.setupBufferTexture(len(places), Texture.TFloat, Texture.FRgba32, GeomEnums.UHDynamic)
    geometry = GeomNode("box")
    geometry.addGeom(_box())
    node = base.render.attachNewNode(geometry)
    node.setShader(Shader.make(Shader.SL_GLSL, vertex=_VERTEX, fragment=_FRAGMENT))
    node.setShaderInput("places", table)
    node.setInstanceCount(len(places))
    node.node().setBounds(OmniBoundingVolume())
    node.node().setFinal(True)
    rows = np.ones((len(places), 4), np.float32)

    def put(now: NDArray[np.float32]) -> None:
        rows[:, :3] = now[:, [2, 1, 0]]  # memory order is blue, green, red, alpha
        memoryview(table.modifyRamImage()).cast("B")[:] = rows.view(np.uint8).reshape(-1).data

    put(places)
    return put
