"""Columns are copies: of what was there when they were asked for, whoever writes afterwards."""
import game

kept = None


def on_tick(dt):
    global kept
    boxes = game.columns("transform", "translation", having="shape")
    again = game.columns("transform", "translation", having="shape")
    again.translation[2] = again.translation[2] + 3.0
    again.write()
    game.log(boxes.translation[2].tolist(), game.columns("transform", "translation", having="shape").translation[2].tolist())
    if kept is not None:
        game.log(kept.translation[0].tolist(), kept.translation[2].tolist(), kept.translation[1].tolist())
        kept.translation[0] += 0.5
        kept.write()
    game.log(game.columns("transform").translation.tolist())
    boxes = game.columns("transform", "translation", having="shape")
    first = boxes.entities[0]
    first.y = first.y + 5.0
    game.log(boxes.translation[1].tolist(), first.y)
    boxes.translation[0] += 1.0
    boxes.write()
    game.log(first.position, game.columns("transform", "translation").translation[1].tolist())
    later = game.columns("transform", "translation", "rotation", having="shape")
    first.position = (1.0, 2.0, 3.0)
    first.rotation = (0.0, 1.0, 0.0, 0.0)
    later.write("rotation")
    game.log(first.position, first.rotation, later.translation.tolist(), later.rotation[1].tolist())
    kept = game.columns("transform", "translation", having="shape")


def on_event(event):
    game.log(len(game.columns("transform")))
