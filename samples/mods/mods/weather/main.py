"""Weather: clear, hazy and rainy spells that change the sky, with rain that falls."""

import game

# Fields are shown in the editor; whoever installs the mod may change them there.
spell_secs: float = game.field(8.0, min=1, max=600, unit="s", doc="How long one kind of weather lasts.")
drops: int = game.field(250, min=0, max=250, doc="How many drops fall at a time.")

# What each kind of weather is: how hazy the sky is, how bright, whether it rains, and what may come after it.
KINDS = {
    "clear": (2.4, 1.0, False, ["haze", "rain"]),
    "haze": (6.0, 0.85, False, ["clear", "rain"]),
    "rain": (9.0, 0.6, True, ["clear", "haze"]),
}
TOP, FALL, SIDE = 12.0, 14.0, 26.0  # metres, metres a second, metres

now = "clear"
haze, light = KINDS["clear"][:2]


def on_start():
    # Drops are made once and used for ever: spawning is dear, moving a column is cheap.
    # They carry a `visibility`, which nothing else here has: so it is also how we find our drops again.
    for _ in range(drops):
        game.spawn(
            "box",
            position=(game.random.uniform(-SIDE, SIDE) / 2, game.random.uniform(0, TOP), game.random.uniform(-SIDE, SIDE) / 2),
            scale=(0.02, 0.5, 0.02),
            material={"base_color": (0.7, 0.8, 0.95, 1.0)},
            visibility={"visible": False},
        )
    game.timer(spell_secs, change, repeat=True)


def change():
    global now
    now = game.random.choice(KINDS[now][3])
    game.log("the weather turns to", now)
    # Other mods may listen: none has to know that we exist.
    game.send("weather", kind=now)


def on_tick(dt):
    global haze, light
    # The sky follows slowly: a part of what is missing in every step.
    to_haze, to_light, rains, _ = KINDS[now]
    haze += (to_haze - haze) * 0.5 * dt
    light += (to_light - light) * 0.5 * dt
    game.set(game.query("environment"), "environment", turbidity=haze, intensity=light)

    shown = game.columns("visibility", "visible")
    if not len(shown) or not (rains or shown.visible.any()):
        return  # a dry day costs nothing
    shown.visible = shown.visible | rains if rains else shown.visible & False
    shown.write()
    rain = game.columns("transform", "translation", having=["visibility"])
    # All drops fall in one line of arithmetic; those below the ground begin anew at the top.
    y = rain.translation[1] - FALL * dt
    rain.translation[1] = game.where(y < 0, y + TOP, y)
    rain.write()


def on_save():
    return {"now": now, "haze": haze, "light": light}


def on_load(state):
    global now, haze, light
    now, haze, light = state["now"], state["haze"], state["light"]
    game.timer(spell_secs, change, repeat=True)  # timers are not saved: set it again
