"""Opens for somebody who comes near, and closes behind them."""

import math

import game

opens_for: str = game.field("robot", doc="Name of the entity that it opens for.")
within_m: float = game.field(2.5, min=0, unit="m", doc="How near they have to come.")
angle_rad: float = game.field(1.75, min=0, max=3, unit="rad", doc="How far it opens.")
width_m: float = game.field(1.86, min=0.1, unit="m", doc="From the hinge to the other edge.")
secs: float = game.field(0.8, min=0.05, unit="s", doc="How long it takes.")

opened = 0.0
hinge = game.Vec3(0, 0, 0)


def on_start():
    global hinge
    hinge = game.entity.position - game.Vec3(width_m / 2, 0, 0)


def on_tick(dt):
    global opened
    guest = game.find(opens_for)
    near = guest is not None and (guest.position - hinge).length < within_m + width_m / 2
    before = opened
    opened = min(1.0, opened + dt / secs) if near else max(0.0, opened - dt / secs)
    if before in (0.0, 1.0) and opened != before:
        game.play_sound("assets/creak.wav", at=game.entity)
    if opened != before:
        swing = angle_rad * (0.5 - 0.5 * math.cos(math.pi * opened))
        game.entity.rotation = game.Quat.from_axis_angle((0, 1, 0), swing)
        game.entity.position = hinge + game.entity.rotation.rotate((width_m / 2, 0, 0))
