"""A door: E opens and shuts it, for who stands before it. Shut it is a wall: others look for another way."""

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
