"""Growing plants: flowers in the beds grow, bloom, are picked, and begin again; rain makes them hurry."""

import game

grow_secs: float = game.field(30.0, min=1, max=3600, unit="s", doc="From seed to bloom, on a dry day.")
in_rain: float = game.field(3.0, min=1, max=10, doc="How many times faster they grow while it rains.")

IN_A_BED = 8
STEM = (0.08, 0.33, 0.07, 1.0)
COLORS = [(0.85, 0.08, 0.2, 1.0), (0.95, 0.6, 0.05, 1.0), (0.5, 0.15, 0.8, 1.0), (0.9, 0.9, 0.9, 1.0)]

plants = []  # of each flower: its root, its bloom, how tall it gets, and how far it is (0 is a seed, 1 is a bloom)
rains = False


def on_start():
    for bed in (game.find(f"bed {number}") for number in (1, 2, 3)):
        if bed is not None:  # in a world without beds nothing grows
            for place in range(IN_A_BED):
                sow(bed.position, place)
    game.timer(0.1, grow, repeat=True)


def sow(middle, place):
    x = middle.x + (place - (IN_A_BED - 1) / 2) * 0.54 + game.random.uniform(-0.1, 0.1)
    z = middle.z + game.random.uniform(-0.35, 0.35)
    # Stem and bloom hang below a root that cannot be seen. So the root's size is the size of all: one number to change.
    root = game.spawn(position=(x, middle.y + 0.14, z), scale=0.01)
    game.spawn("cylinder", parent=root, position=(0, 0.5, 0), scale=(0.07, 1, 0.07), material={"base_color": STEM})
    color = game.random.choice(COLORS)
    bloom = game.spawn("sphere", parent=root, position=(0, 1.0, 0), scale=0.01, material={"base_color": color})
    plants.append({"root": root, "bloom": bloom, "tall": game.random.uniform(0.6, 1.0), "part": game.random.uniform(0, 0.6)})


def on_event(event):
    global rains
    if event.kind == "message" and event.name == "weather":  # the weather mod says so, where there is one
        rains = event.data.get("kind") == "rain"


def grow():
    picked = 0
    for plant in plants:
        plant["part"] += 0.1 / grow_secs * (in_rain if rains else 1.0)
        if plant["part"] > 1.3:  # it bloomed for a while
            plant["part"] = 0.0
            picked += 1
        # The stem first; the bloom opens in the last third of the time.
        part = min(1.0, plant["part"])
        plant["root"].scale = max(0.01, plant["tall"] * part)
        plant["bloom"].scale = max(0.01, (part - 0.67) * 1.3)
    if picked:
        game.send("score", who="Garden", points=picked)


def on_save():
    return {"plants": plants, "rains": rains}  # entities can be saved as they are


def on_load(state):
    global rains
    plants.extend(state["plants"])
    rains = state["rains"]
    game.timer(0.1, grow, repeat=True)  # timers are not saved
