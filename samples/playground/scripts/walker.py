"""Walks a route on foot, over and over, as a character that steps over small things and stops at large ones."""

import math

import game

route: list = game.field([], doc="Corners of the way as [x, z], in metres.")
speed: float = game.field(1.5, min=0, max=10, unit="m/s", doc="How fast.")
turn_secs: float = game.field(0.25, min=0.01, unit="s", doc="How quickly it turns.")

corner = 0
stride = 0.0


def on_tick(dt):
    global corner, stride
    if not route:
        return
    me = game.entity
    x, z = route[corner]
    way = game.Vec3(x, me.position.y, z) - me.position
    if way.length < 0.25:
        corner = (corner + 1) % len(route)
        return
    ahead = way.normalized()
    me.character.velocity = ahead * speed
    facing = game.Quat.from_axis_angle((0, 1, 0), math.atan2(ahead.x, ahead.z))
    me.rotation = me.rotation.slerp(facing, min(1.0, dt / turn_secs))
    stride += speed * dt
    if stride > 0.7:
        stride = 0.0
        game.play_sound("assets/step.wav", at=me, volume=0.35)
