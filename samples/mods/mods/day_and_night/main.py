"""Day and night: sun and moon go around in two minutes, and the lamp is lit while it is dark."""

import math

import game

day_secs: float = game.field(120.0, min=10, max=86400, unit="s", doc="How long a day and a night last together.")
hour: float = game.field(10.0, min=0, max=24, unit="h", doc="What time it is when the world begins.")

SUN, MOON, LAMP = 3.2, 0.6, 45.0  # how bright they are at their brightest
WHITE, RED, BLUE = game.Vec3(1.0, 0.94, 0.84), game.Vec3(1.0, 0.5, 0.22), game.Vec3(0.5, 0.65, 1.0)


def on_start():
    shine()
    # A sky is dear to paint, and the sun is slow: ten times a second is enough, and a step in between costs nothing.
    game.timer(0.1, later, repeat=True)


def later():
    global hour
    before = int(hour)
    hour = (hour + 24 * 0.1 / day_secs) % 24
    if int(hour) != before:
        game.send("hour", hour=int(hour))  # a clock that strikes: whoever listens need not ask
    shine()


def shine():
    # The sun rises in the east at six, is highest at noon, and is below our feet at midnight.
    turn = math.tau * (hour - 6) / 24
    to_sun = game.Vec3(math.cos(turn), math.sin(turn), 0.45).normalized()
    height = to_sun.y
    day = min(1.0, max(0.0, height * 4))  # 0 from sunset on, 1 when the sun is well up
    night = min(1.0, max(0.0, -height * 4))
    game.set(game.query("environment"), "environment", sun_direction=to_sun)

    # One light is both: the sun, which is red where it is low, or the moon, which stands opposite.
    # At sunset both are dark, so nobody sees it jump.
    sun = game.find("sun")
    if sun is not None:
        sun.look_at(sun.position - to_sun if height > 0 else sun.position - game.Vec3(-to_sun.x, -to_sun.y, 0.45))
        sun.light.intensity = SUN * day + MOON * night
        sun.light.color = RED.lerp(WHITE, day) if height > 0 else BLUE

    # The lamp comes on before it is quite dark. Its bulb glows as much as it shines.
    dusk = min(1.0, max(0.0, 0.6 - height * 4))
    lamp, bulb = game.find("lamp"), game.find("bulb")
    if lamp is not None and lamp.has("light"):
        lamp.light.intensity = LAMP * dusk
    if bulb is not None and bulb.has("material"):
        bulb.material.emissive_strength = 6 * dusk


def on_save():
    return {"hour": hour}


def on_load(state):
    global hour
    hour = state["hour"]
    on_start()  # timers are not saved
