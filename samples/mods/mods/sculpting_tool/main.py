"""Sculpting tool: a box of sand, made of 225 columns, with a ring over it that raises hills and digs holes.

Move the ring with W, A, S and D (or the left stick); hold the space bar (or A) to raise, the control key (or B) to dig.
"""

import math

import game

reach: float = game.field(0.9, min=0.2, max=3, unit="m", doc="How wide the tool is.")
speed: float = game.field(0.8, min=0.1, max=5, unit="m/s", doc="How fast sand rises and sinks.")

WHERE = "sand box"
SIDE, WIDTH = 15, 1 / 3  # columns along a side, metres each
LOW, FLAT, HIGH = 0.1, 0.5, 1.8  # metres

sand = []  # columns, row after row
heights = []  # of each, in metres
middle = None
ring = None
x = z = 0.0  # where the ring is, from the middle of the box


def on_start():
    global middle, ring
    box = game.find(WHERE)
    if box is None:
        return game.log("there is no", WHERE, "to fill", level="warning")
    middle = box.position - (0, box.position.y, 0)
    for number in range(SIDE * SIDE):
        # Two colours in turns, so that one sees the shape of a hill.
        light = 1 - 0.05 * ((number + number // SIDE) % 2)
        color = (0.78 * light, 0.6 * light, 0.36 * light, 1.0)
        place = [middle[axis] + part for axis, part in enumerate((along(number % SIDE), FLAT / 2, along(number // SIDE)))]
        sand.append(game.spawn("box", position=place, scale=(WIDTH, FLAT, WIDTH), material={"base_color": color}))
        heights.append(FLAT)
    look = {"base_color": (0.1, 0.6, 1.0, 1.0), "unlit": True}
    # A torus is as thick as its shape is high; a scale would make it flat, and as thick as before.
    size = (2 * reach, 0.12, 2 * reach)
    ring = game.spawn(position=middle + (0, FLAT + 0.3, 0), shape={"kind": "torus", "size": size}, material=look)


def along(number):
    """Where the middle of a row or line is, from the middle of the box."""
    return (number - (SIDE - 1) / 2) * WIDTH


def on_tick(dt):
    global x, z
    if middle is None:
        return
    edge = SIDE * WIDTH / 2
    x = max(-edge, min(edge, x + float(game.action("move_x")) * 2.5 * dt))
    z = max(-edge, min(edge, z - float(game.action("move_y")) * 2.5 * dt))
    push = bool(game.action("jump")) - bool(game.action("crouch"))
    if push:
        shape(push * speed * dt)
    under = heights[nearest(z) * SIDE + nearest(x)]
    ring.position = middle + (x, under + 0.3, z)


def nearest(metres):
    """The number of the row or line at a place."""
    return max(0, min(SIDE - 1, round(metres / WIDTH + (SIDE - 1) / 2)))


def shape(rise):
    # Only the columns under the ring are looked at, and only those that change cross back to the engine.
    for row in range(nearest(z - reach), nearest(z + reach) + 1):
        for line in range(nearest(x - reach), nearest(x + reach) + 1):
            off = math.hypot(along(line) - x, along(row) - z) / reach
            if off < 1:
                number = row * SIDE + line
                soft = (1 - off * off) ** 2  # most in the middle, nothing at the rim
                heights[number] = max(LOW, min(HIGH, heights[number] + rise * soft))
                settle(number)


def settle(number):
    column, height = sand[number], heights[number]
    column.scale = (WIDTH, height, WIDTH)
    column.y = height / 2  # it stands on the ground


def on_save():
    return {"sand": sand, "heights": heights, "ring": ring, "middle": middle, "at": [x, z]}


def on_load(state):
    global ring, middle, x, z
    sand.extend(state["sand"])
    heights.extend(state["heights"])
    ring, middle, (x, z) = state["ring"], state["middle"], state["at"]
