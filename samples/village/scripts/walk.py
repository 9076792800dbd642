"""Walk with W A S D or a stick, run with shift, jump with space; the mouse looks around. The camera follows."""

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
