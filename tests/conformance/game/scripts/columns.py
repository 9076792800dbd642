"""Whole columns, copied out, changed and written back."""
import game


def on_tick(dt):
    boxes = game.columns("transform", "translation", "scale", having="shape")
    game.log(len(boxes), [entity.name for entity in boxes.entities], boxes.ids.tolist() == [e.id for e in boxes.entities])
    boxes.translation[1] += 0.25 * game.sin(game.time + boxes.translation[0])
    boxes.translation[0] = boxes.translation[0] * 2 - 1
    boxes.translation[2] = game.where(boxes.translation[0] > 1, 7.0, boxes.translation[2])
    boxes.scale = boxes.scale * 1.5
    boxes.write()
    game.log(boxes.translation.tolist(), boxes.scale[0].tolist())
    light = game.columns("light", "intensity", "shadows", without=("shape",))
    light.intensity[light.intensity > 2] = 2.5
    light.shadows = ~light.shadows
    light.write("intensity")
    light.write("shadows")
    game.log(light.intensity.tolist(), light.shadows.tolist(), float(light.intensity[0]))
    y = boxes.translation[1]
    game.log(game.roll(y, 1).tolist(), game.roll(y, -1).tolist(), game.roll(y, 7).tolist(), game.roll(boxes.scale, 2).tolist())
    every = game.columns("transform")
    every.rotation[3] = 1
    every.write("rotation")
