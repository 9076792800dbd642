"""Physics gun: point at a thing, hold it in the air, throw it.

Move the mouse (or the right stick) to point, hold the left button (or the right trigger) to hold, turn the wheel for
nearer and further, press the right button (or the left trigger) to throw.
"""


import game

reach: float = game.field(40.0, min=1, max=200, unit="m", doc="How far the gun reaches.")
throw_speed: float = game.field(14.0, min=1, max=50, unit="m/s", doc="How fast what is thrown flies.")

PIXEL, STICK = 0.0009, 0.8  # radians for a pixel of the mouse, radians a second for the stick
WIDE, HIGH = 0.55, 0.3  # radians to the sides, up and down: about what the camera sees

yaw = pitch = 0.0  # where the gun points, from the middle of the picture
aimed = None  # what the last ray met
held = None
away = 0.0  # how far from the eye it is held
spot = None


def on_start():
    global spot
    spot = game.spawn("sphere", scale=0.18, material={"base_color": (1, 0.2, 0.1, 1), "unlit": True})
    game.start(look())


def eye():
    """Where we look from, and where the gun points."""
    camera = max(game.query("camera"), key=lambda one: one.camera.priority)
    turn = game.Quat.from_axis_angle((0, 1, 0), yaw) * game.Quat.from_axis_angle((1, 0, 0), pitch)
    return camera.world_position, (camera.rotation * turn).rotate((0, 0, -1))


def look():
    """Ask again and again what we point at: an answer takes a step, so this is a routine of its own."""
    global aimed
    while True:
        origin, direction = eye()
        hits = yield game.raycasts([origin], [direction], max_distance=reach)
        aimed = hits[0]
        if aimed is not None and held is None:
            spot.position = aimed.position


def on_event(event):
    global held, away
    if event.kind != "input":
        return
    if event.name == "fire" and not event.pressed:
        held = None
    elif event.name == "fire" and aimed is not None and can_hold(aimed.entity):
        held, away = aimed.entity, aimed.distance
    elif event.name == "aim" and event.pressed and held is not None:
        game.apply_impulse(held, eye()[1] * throw_speed * held.rigid_body.mass_kg)
        held = None


def can_hold(thing):
    # Walls have no body, and what drives by itself (the car) cannot be stopped.
    return thing is not None and thing.has("rigid_body") and thing.rigid_body.kind == "dynamic"


def on_tick(dt):
    global yaw, pitch, held, away
    mouse, look_x, look_y = game.mouse(), float(game.action("look_x")), float(game.action("look_y"))
    yaw = max(-WIDE, min(WIDE, yaw - mouse.delta[0] * PIXEL - look_x * STICK * dt))
    pitch = max(-HIGH, min(HIGH, pitch - mouse.delta[1] * PIXEL - look_y * STICK * dt))
    if held is not None and not held.alive:
        held = None
    if held is None:
        return
    away = max(3.0, min(reach, away + mouse.wheel[1] * 0.5))
    origin, direction = eye()
    spot.position = held.position
    # Not put there, but pushed: so it cannot be pulled through a wall, and knocks over what it meets.
    way = (origin + direction * away - held.position) * 6
    if way.length > 12:
        way = way * (12 / way.length)
    speed, _ = game.velocity(held)
    # We see it as it was a step ago: who corrects all of the error at once overshoots for ever.
    game.apply_impulse(held, (way - speed) * 0.4 * held.rigid_body.mass_kg)


def on_save():
    return {"spot": spot, "yaw": yaw, "pitch": pitch}


def on_load(state):
    global spot, yaw, pitch
    spot, yaw, pitch = state["spot"], state["yaw"], state["pitch"]
    game.start(look())  # routines are not saved
