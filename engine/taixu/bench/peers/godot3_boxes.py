"""Godot 3 (Debian's ``godot3``), under the display that DISPLAY names or a virtual one: nodes, or one multimesh."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from taixu.bench import boxes
from taixu.bench.peers.common import Request, Skipped

__all__ = ["measure"]

_LIMIT_SECS = 240

_SCENE = """[gd_scene load_steps=2 format=2]
[ext_resource path="res://main.gd" type="Script" id=1]
[node name="root" type="Spatial"]
script = ExtResource( 1 )
"""

_PROJECT = """config_version=4
[application]
run/main_scene="res://main.tscn"
[display]
window/size/width={width}
window/size/height={height}
window/vsync/use_vsync=false
[rendering]
quality/driver/driver_name="GLES3"
quality/filters/msaa=0
[debug]
settings/fps/force_fps=0
"""

_SCRIPT = """extends Spatial
const N = {n}
const EDGE = {edge}
const FRAMES = {frames}
const WARM = 3
var bases = []
var phases = []
var nodes = []
var mesh_table
var rows = PoolRealArray()
var camera
var index = 0
var last = 0
var began = 0
var times = []

func place(k, t):
    return bases[k] + 0.5 * sin(t + phases[k]) * Vector3(1, 0.7, 0.4)

func _ready():
    camera = Camera.new()
    add_child(camera)
    camera.fov = {fov}
    camera.near = {near}
    camera.far = {far} * EDGE
    var environment = Environment.new()
    environment.background_mode = Environment.BG_COLOR
    environment.background_color = Color({background})
    environment.ambient_light_color = Color(1, 1, 1)
    environment.ambient_light_energy = {ambient}
    var world = WorldEnvironment.new()
    world.environment = environment
    add_child(world)
    var sun = DirectionalLight.new()
    add_child(sun)
    sun.look_at_from_position(Vector3({sun_direction}), Vector3(), Vector3(0, 1, 0))
    sun.light_energy = {sun}
    var mesh = CubeMesh.new()
    mesh.size = Vector3(1, 1, 1)
    var material = SpatialMaterial.new()
    material.albedo_color = Color({color})
    material.roughness = 1
    mesh.material = material
    for k in range(N):
        bases.append(Vector3(k % EDGE, (k / EDGE) % EDGE, k / (EDGE * EDGE)) * 2 - Vector3(1, 1, 1) * (EDGE - 1))
        phases.append(fmod(k * 0.618034, 1.0) * 6.283185)
    if {use_nodes}:
        for k in range(N):
            var node = MeshInstance.new()
            node.mesh = mesh
            node.translation = bases[k]
            add_child(node)
            nodes.append(node)
    else:
        mesh_table = MultiMesh.new()
        mesh_table.transform_format = MultiMesh.TRANSFORM_3D
        mesh_table.mesh = mesh
        mesh_table.instance_count = N
        var instance = MultiMeshInstance.new()
        instance.multimesh = mesh_table
        add_child(instance)
        rows.resize(12 * N)
        for k in range(N):
            for q in range(12):
                rows[12 * k + q] = 1.0 if q == 0 or q == 5 or q == 10 else 0.0
        put(0.0)
    VisualServer.connect("frame_post_draw", self, "drawn")

func put(t):
    if {use_nodes}:
        for k in range(N):
            nodes[k].translation = place(k, t)
    else:
        for k in range(N):
            var p = place(k, t)
            rows[12 * k + 3] = p.x
            rows[12 * k + 7] = p.y
            rows[12 * k + 11] = p.z
        mesh_table.set_as_bulk_array(rows)

func _process(_delta):
    if {moves}:
        put(index / 20.0)
    var angle = 0.6 if {moves} else 0.6 + 2.0 * PI * index / 240.0
    var radius = 3.2 * EDGE
    var eye = Vector3(radius * sin(angle), 0.45 * radius, radius * cos(angle))
    camera.look_at_from_position(eye, Vector3(), Vector3(0, 1, 0))

func drawn():
    var image = get_viewport().get_texture().get_data() if {read_back} else null
    var now = OS.get_ticks_usec()
    if index == 0:
        began = now
    if index >= WARM:
        times.append((now - last) / 1000.0)
    last = now
    index += 1
    if times.size() >= FRAMES or (times.size() > 1 and now - began > 60000000):
        if image != null and "{picture}" != "":
            image.flip_y()
            image.save_png("{picture}")
        print("RESULT", JSON.print({{"times": times, "gpu": VisualServer.get_video_adapter_name()}}))
        get_tree().quit()
"""


def measure(request: Request) -> dict[str, Any]:
    """Draw the scene with Godot 3."""
    program = shutil.which("godot3")
    if program is None:
        raise Skipped("godot3 is not installed; on Debian: apt-get install godot3")
    start = [program]
    if "DISPLAY" not in os.environ:
        virtual = shutil.which("xvfb-run")
        if virtual is None:
            raise Skipped("Godot 3 wants a display, and neither DISPLAY nor xvfb-run is there")
        start = [virtual, "-a", "-s", f"-screen 0 {max(request.width, 1280)}x{max(request.height, 720)}x24", program]
    with tempfile.TemporaryDirectory() as folder:
        _write_project(Path(folder), request)
        command = [*start, "--path", folder, "--audio-driver", "Dummy"]
        command += ["--resolution", f"{request.width}x{request.height}"]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_LIMIT_SECS, env=os.environ | {"HOME": folder}
            )
        except subprocess.TimeoutExpired:
            raise Skipped(f"Godot 3 took more than {_LIMIT_SECS} s") from None
    for line in done.stdout.splitlines():
        if line.startswith("RESULT"):
            return _result(json.loads(line.removeprefix("RESULT")), program)
    raise Skipped(f"Godot 3 gave no result: {(done.stdout + done.stderr).strip()[-200:]}")


def _write_project(folder: Path, request: Request) -> None:
    _, _, edge = boxes.grid(request.n)
    values = {
        "n": request.n,
        "edge": edge,
        "frames": request.frames,
        "fov": boxes.FOV_Y_DEG,
        "near": boxes.NEAR,
        "far": boxes.FAR,
        "background": ", ".join(map(str, boxes.BACKGROUND)),
        "color": ", ".join(map(str, boxes.COLOR)),
        "sun_direction": ", ".join(map(str, boxes.SUN_DIRECTION)),
        "sun": boxes.SUN,
        "ambient": boxes.AMBIENT,
        "use_nodes": str(request.variant == "nodes").lower(),
        "moves": str(request.scene == "S1").lower(),
        "read_back": str(request.read_back).lower(),
        "picture": "" if request.picture is None else request.picture.resolve(),
    }
    (folder / "main.gd").write_text(_SCRIPT.format(**values))
    (folder / "main.tscn").write_text(_SCENE)
    (folder / "project.godot").write_text(_PROJECT.format(width=request.width, height=request.height))


def _result(found: dict[str, Any], program: str) -> dict[str, Any]:
    import resource

    times = sorted(found["times"])
    version = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()
    median = times[len(times) // 2]
    return {
        "version": version,
        "gpu": found["gpu"],
        "fps": round(1e3 / median, 2),
        "frame_ms": round(median, 3),
        "p95_ms": round(times[min(len(times) - 1, int(0.95 * len(times)))], 3),
        "rss_peak_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }
