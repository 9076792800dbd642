"""Entities: found, read, moved, changed."""
import game


def show(entity):
    return (entity.name, tuple(round(v, 4) for v in entity.position), round(entity.x + entity.y + entity.z, 4))


def on_start():
    game.log([entity.name for entity in game.query("transform")], len(game.query("transform", without="light")))
    game.log([entity.name for entity in game.query("light", "name")], game.find("nobody"))
    lamp, child = game.find("Lamp"), game.find("Child")
    game.log(lamp.light.intensity, lamp.light.kind, lamp.light.color, lamp.has("light"), lamp.has("shape"), lamp.alive)
    game.log(child.parent.name, [entity.name for entity in child.parent.children], lamp.parent, lamp.children)
    game.log(tuple(round(v, 3) for v in child.world_position), show(game.find("Far")), lamp.id == game.find("Lamp").id)
    game.log(repr(lamp), lamp == game.find("Lamp"), lamp != child, len({lamp, game.find("Lamp")}))


def on_tick(dt):
    lamp, child, far = game.find("Lamp") or game.find("Sun"), game.find("Child"), game.find("Far")
    if game.tick == 0:
        lamp.position = (1, 2, 3)
        lamp.x += 0.5
        lamp.y = 4
        lamp.z -= 1
        lamp.scale = 2
        lamp.rotation = (0, 2, 0, 2)
        lamp.light.intensity = 7
        lamp.light.color = (0.25, 0.5, 1)
        lamp.light.shadows = False
        child.position += (0, 1, 0)
        far.position += (0, 0, 2000)
        game.log(show(lamp), show(child), show(far))
    if game.tick == 1:
        game.log(show(lamp), lamp.scale, tuple(round(v, 5) for v in lamp.rotation), lamp.light.intensity, lamp.light.color)
        game.log(show(child), show(far), lamp.light.shadows)
        lamp.look_at((10, 4, 2))
        child.look_at((0, 10, 0))
        lamp.name = "Sun"
        lamp.light.kind = "spot"
        lamp.add("shape", kind="sphere")
        lamp.add("light", intensity=3.0)
        game.log(lamp.has("shape"), lamp.shape.kind, lamp.light.intensity)
        game.set(game.query("shape"), "transform", translation=(5, 5, 5))
        game.set([lamp, child], "transform", scale=[(1, 2, 3), (4, 5, 6)])
    if game.tick == 2:
        sun = game.find("Sun")
        game.log(sun.name, sun.light.kind, sun.shape.kind, [entity.name for entity in game.query("shape")])
        game.log(tuple(round(v, 4) for v in sun.rotation), tuple(round(v, 4) for v in child.rotation), sun.scale, child.scale)
        game.log([show(entity) for entity in game.query("shape")])
        sun.remove("shape")
        game.log(sun.has("shape"))
    if game.tick == 3:
        game.log([entity.name for entity in game.query("shape")])
