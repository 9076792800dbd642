"""What is saved, and loaded again."""
import game

level: int = 1
home: game.Vec3 = (0, 0, 0)
count = 0


def on_start():
    game.log("start", level)


def on_tick(dt):
    global count, level, home
    count += 1
    level += 1
    home += (1, 0, 0)
    game.log("tick", count, level, home, game.random.randint(0, 999))


def on_save():
    return {"count": count, "at": [1, 2.5, "x"]}


def on_load(state):
    global count
    count = state["count"]
    game.log("load", state["count"], state["at"], level, home)
