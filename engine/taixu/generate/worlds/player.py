"""Who plays: a character to walk with, the script that moves it and the camera, and the project's manifest."""

from __future__ import annotations

__all__ = ["DOOR_SCRIPT", "WALK_SCRIPT", "manifest"]

WALK_SCRIPT = '''"""Walk with W A S D or a stick, run with shift, jump with space; the mouse looks around. The camera follows."""

import math

import game

walk_speed: float = game.field(1.6, min=0, max=10, unit="m/s", doc="How fast it walks.")
run_speed: float = game.field(4.2, min=0, max=20, unit="m/s", doc="How fast it runs.")
camera_m: float = game.field(3.6, min=1, max=20, unit="m", doc="How far the camera is behind.")
height_m: float = game.field(1.6, min=0, max=5, unit="m", doc="What the camera looks at, above the feet.")

yaw = None
pitch = -0.18
moved = False


def on_tick(dt):
    global yaw, pitch, moved
    me = game.entity
    if yaw is None:
        ahead = me.rotation * game.Vec3(0, 0, 1)
        yaw = math.atan2(ahead.x, ahead.z)
    dx, dy = game.mouse().delta
    yaw -= dx * 0.004 + float(game.action("look_x")) * 2.5 * dt
    pitch = max(-1.2, min(0.6, pitch - dy * 0.003 + float(game.action("look_y")) * 1.8 * dt))
    x, y = float(game.action("move_x")), float(game.action("move_y"))
    length = math.hypot(x, y)
    speed = run_speed if game.action("run").held else walk_speed
    forward = game.Vec3(math.sin(yaw), 0, math.cos(yaw))
    right = game.Vec3(-math.cos(yaw), 0, math.sin(yaw))
    if length > 0.1:
        way = (forward * y + right * x) / max(length, 1.0)
        me.character.velocity = way * speed
        facing = game.Quat.from_axis_angle((0, 1, 0), math.atan2(way.x, way.z))
        me.rotation = me.rotation.slerp(facing, min(1.0, 8 * dt))
    else:
        me.character.velocity = game.Vec3(0, 0, 0)
    if game.action("jump").pressed and me.character.grounded:
        me.character.jump_speed = 4.0
    moved = moved or length > 0.1 or bool(dx) or bool(dy)
    camera = game.find("view")
    if camera is None or not moved:  # until somebody plays, the view stays where it was
        return
    look = game.Vec3(math.sin(yaw) * math.cos(pitch), math.sin(pitch), math.cos(yaw) * math.cos(pitch))
    head = me.position + game.Vec3(0, height_m, 0)
    hit = game.raycast(head, look * -1.0, max_distance=camera_m, ignore=me)
    camera.position = head - look * (min(camera_m, hit.distance - 0.2) if hit else camera_m)
    turn = game.Quat.from_axis_angle((0, 1, 0), yaw + math.pi)
    camera.rotation = turn * game.Quat.from_axis_angle((1, 0, 0), pitch)
'''


DOOR_SCRIPT = '''"""A door: E opens and shuts it, for who stands before it. Shut it is a wall: others look for another way."""

import math

import game

is_open: bool = game.field(False, doc="How it is when the world begins.")
swing_rad: float = game.field(1.45, min=-3.1, max=3.1, unit="rad", doc="How far it turns when it opens.")
secs: float = game.field(0.7, min=0.05, unit="s", doc="How long it takes.")
near_m: float = game.field(2.2, min=0.2, unit="m", doc="How near one has to stand.")

turning = False


def on_event(event):
    global is_open
    if event.kind == "input" and event.name == "interact" and event.pressed and not turning:
        player = game.find("player")
        if player is not None and (player.position - game.entity.position).length < near_m:
            is_open = not is_open
            game.start(turn(swing_rad if is_open else -swing_rad))


def turn(angle):
    global turning
    turning = True
    first, done = game.entity.rotation, 0.0
    while done < 1.0:
        done = min(1.0, done + game.dt / secs)
        share = 0.5 - 0.5 * math.cos(math.pi * done)
        game.entity.rotation = game.Quat.from_axis_angle((0, 1, 0), angle * share) * first
        yield
    turning = False
'''


def manifest(title: str, world: str) -> str:
    """``taixu.toml`` of a generated project."""
    name = "".join(letter for letter in title if letter.isprintable() and letter not in '"\\')[:60].strip() or "World"
    return f'[project]\nname = "{name}"\nversion = "0.1.0"\nfirst_world = "{world}"\nlicence = "CC0-1.0"\n'
