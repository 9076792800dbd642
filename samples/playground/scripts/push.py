"""Pushes its entity once: the first domino."""

import game

after_secs: float = game.field(0.6, min=0, unit="s", doc="When, after the start.")
impulse: game.Vec3 = game.field(game.Vec3(0, 0, 1), unit="N s", doc="How hard, along the entity's own axes.")
height_m: float = game.field(0.4, unit="m", doc="Where, above the entity's middle.")


def on_start():
    yield game.wait(after_secs)
    me = game.entity
    place = me.position + me.rotation.rotate((0, height_m, 0))
    game.apply_impulse(me, me.rotation.rotate(impulse), at=place)
