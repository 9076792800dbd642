"""Mini map: the courtyard as a model on its own table, in which everything stands where it stands outside, and in the corner of
the screen."""

import game

scale: float = game.field(0.1, min=0.02, max=0.5, doc="How large the model is: a tenth by default.")

ON = "table"  # what the model stands on
TABLE = 0.07  # metres from the middle of its top to where a model stands
FLAT = ("court", "road", "edge", "sand box")  # what has no collider, but belongs on a map
WIDEST = 40.0  # whatever is wider (the ground) is not on it

model = None
pins = {}  # by body: what stands for it


def on_start():
    global model
    table = game.find(ON)
    if table is None:
        return game.log("there is no", ON, "to put a map on", level="warning")
    # The whole trick: all pieces hang below a root that makes them small. Below it, places are those of the real world.
    model = game.spawn(position=table.position + (0, TABLE, 0), scale=scale)
    for thing in game.query("shape", "material"):
        if thing.name in FLAT and thing.parent is None:
            copy(thing, "box", thing.shape.size)
    for thing in game.query("collider", without=["rigid_body"]):
        if thing.collider.size[0] < WIDEST:
            copy(thing, "box", thing.collider.size)


def copy(thing, kind, size):
    color = thing.material.base_color if thing.has("material") else (0.8, 0.35, 0.1, 1.0)
    return game.spawn(
        kind, parent=model, position=thing.position, rotation=thing.rotation, scale=size, material={"base_color": color}
    )


def on_tick(dt):
    if model is None:
        return
    for body in game.query("rigid_body", "collider"):
        pin = pins.get(body)
        if pin is None:  # also one that somebody makes later
            kind = "sphere" if body.collider.shape == "sphere" else "box"
            pins[body] = copy(body, kind, body.collider.size)
        else:
            pin.position, pin.rotation = body.position, body.rotation
    for body in [body for body in pins if not body.alive]:
        game.despawn(pins.pop(body))
    if game.tick % 6 == 0:  # nobody looks at a map more than ten times a second
        show()


def show():
    court = game.find("court")
    if court is None:
        return
    middle, wide = court.position, max(court.shape.size)
    dots, colors = [], []
    for body in list(pins)[:500]:
        dots.append(((body.x - middle.x) / wide + 0.5, (body.z - middle.z) / wide + 0.5, max(body.collider.size) / wide))
        colors.append(pins[body].material.base_color[:3])
    game.show_map("map", dots, colors=colors, corner="bottom_right")


def on_save():
    return {"model": model, "pins": [[body, pin] for body, pin in pins.items()]}


def on_load(state):
    global model
    model = state["model"]
    pins.update((body, pin) for body, pin in state["pins"])
