"""Flocking birds: three rules make a flock of three hundred, and no line of them looks at a single bird.

Stay near the others, fly where they fly, touch nobody. Each rule is arithmetic over whole columns, which the engine does for
all birds at once: a loop over pairs of birds would be 90,000 rounds a step.
"""

import game

count: int = game.field(300, min=1, max=300, doc="How many birds.")
speed: float = game.field(5.0, min=1, max=12, unit="m/s", doc="How fast they like to fly.")
together: float = game.field(0.8, min=0, max=4, doc="How much they want to be with the others.")
apart: float = game.field(2.5, min=0, max=8, doc="How much they mind being touched.")

HOME = (0.0, 7.5, -3.0)
NEAR = 1.1  # metres at which a bird feels crowded
COLOR = (0.05, 0.06, 0.1, 1.0)

made = 0
velocity = None  # three columns, in metres a second


def on_start():
    hatch(min(240, count))  # the first step may cost more than any other, and has room for some 250 spawns


def on_tick(dt):
    global made
    if made < count:
        hatch(min(3, count - made))  # spawning is dear: a few at a time hold nobody up
        return
    birds = game.columns("transform", "translation", "rotation", own=True)  # of what we spawned: nobody else's
    if len(birds) == count:  # the last group arrives one step after it was asked for
        fly(birds, dt)


def hatch(number):
    global made
    for _ in range(number):
        place = [home + game.random.uniform(-3, 3) for home in HOME]
        game.spawn("cone", position=place, scale=(0.3, 0.42, 0.1), material={"base_color": COLOR})
    made += number


def fly(birds, dt):
    global velocity
    x, y, z = (birds.translation[axis] for axis in range(3))
    if velocity is None:
        velocity = [game.cos(y * 9), 0 * y, game.sin(y * 9)]  # any directions will do: they soon agree
    vx, vy, vz = velocity

    # Where they are and where they fly, on average. The middle of the flock is drawn around the court.
    lure = (HOME[0] + 7 * game.cos(game.time * 0.45), HOME[1] + game.sin(game.time * 0.7), HOME[2] + 4 * game.sin(game.time * 0.45))
    ways = []
    for place, way, goal in ((x, vx, lure[0]), (y, vy, lure[1]), (z, vz, lure[2])):
        middle, mean = game.sum(place) / count, game.sum(way) / count
        pull = together * (0.35 * (middle - place) + 0.65 * (goal - place)) + 0.6 * (mean - way)
        ways.append(pull)

    # Each bird looks at one other in each step, at another in the next: bird i at bird i + shift, all at once. Within a few
    # seconds everybody has looked at everybody, for a three hundredth of the work.
    shift = game.random.randint(1, max(1, count - 1))
    dx, dy, dz = x - game.roll(x, -shift), y - game.roll(y, -shift), z - game.roll(z, -shift)
    distance = game.sqrt(dx * dx + dy * dy + dz * dz) + 0.01
    push = game.where(distance < NEAR, apart * 50 * (NEAR - distance) / distance, 0.0)
    ways = [way + push * away for way, away in zip(ways, (dx, dy, dz))]

    vx, vy, vz = vx + ways[0] * dt, vy + ways[1] * dt, vz + ways[2] * dt
    # None hangs in the air, none races.
    fast = speed / (game.sqrt(vx * vx + vy * vy + vz * vz) + 0.01)
    keen = game.clamp(fast, 0.6, 1.3)
    steady = 1 + (keen - 1) * 0.1
    velocity = [vx * steady, vy * steady, vz * steady]
    birds.translation[0], birds.translation[1], birds.translation[2] = (
        place + way * dt for place, way in zip((x, y, z), velocity)
    )
    # The tip of a cone points up: lay it forward (a quarter turn around x), then turn it where the bird flies.
    half = game.atan2(-velocity[0], -velocity[2]) / 2
    s, c = 0.7071 * game.sin(half), 0.7071 * game.cos(half)
    birds.rotation[0], birds.rotation[1], birds.rotation[2], birds.rotation[3] = -c, s, s, c
    birds.write()


def on_save():
    return {"made": made}


def on_load(state):
    global made
    made = state["made"]
