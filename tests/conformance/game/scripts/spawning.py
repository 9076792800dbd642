"""Entities that come and go."""
import game

made = []


def on_start():
    box = game.spawn("box", position=(1, 2, 3), scale=0.5, name="Made", light={"intensity": 4.0})
    empty = game.spawn(position=(0, 1, 0), rotation=(0, 1, 0, 0), parent=box)
    made.extend([box, empty])
    box.light.color = (1, 0, 0)
    box.position += (0, 1, 0)
    box.x += 1
    game.log(box.alive, box.name, box.position, box.scale, box.light.intensity, box.light.color, box.shape.kind, box.has("light"))
    game.log(empty.position, empty.rotation, empty.name, empty.parent == box, game.find("Made") == box)
    game.log(len(game.query("transform")), [entity.name for entity in game.query("light", "shape")])


def on_tick(dt):
    box, empty = made
    if game.tick > 0:  # what a mod spawns has columns from the next step on
        own = game.columns("transform", "translation", own=True)
        game.log(len(own), own.ids.tolist() == sorted(item.id for item in made if item.alive))
        game.log(sorted(zip(*own.translation.tolist())))
        game.log(len(game.columns("light", own=True)), len(game.columns("light", without="shape", own=True)), len(own.ids))
    if game.tick == 1:
        game.log(box.position, box.scale, box.light.intensity, box.light.color, box.shape.kind)
        game.log(empty.parent.name, box.children == [empty])
        game.log(len(game.query("transform")), game.find("Made") == box)
        box.add("rigid_body", mass_kg=2.0)
        game.despawn(empty)
        game.log(empty.alive)
    if game.tick == 2:
        game.log(empty.alive, box.rigid_body.mass_kg, len(game.query("transform")), box.children)
        game.despawn(box)
    if game.tick == 3:
        game.log(box.alive, game.find("Made"), repr(box))
