"""Timers and routines."""
import game


def blink():
    for number in range(3):
        game.log("blink", number, game.tick)
        yield game.wait(0.05)
    event = yield game.wait_event("message", "go")
    game.log("went", event.name, event.speed, game.tick)
    yield
    game.log("next", game.tick)


def on_start():
    game.start(blink())
    game.timer(0.1, lambda: game.log("once", game.tick))
    again = game.timer(0.04, lambda: game.log("again", game.tick), repeat=True)
    game.timer(0.06, name="named")
    game.timer(0.2, again.cancel)
    never = game.timer(0.05, lambda: game.log("never"))
    never.cancel()
    yield game.wait(0.02)
    game.log("start goes on", game.tick)


def on_event(event):
    game.log(event.kind, event.name, game.tick)


def on_tick(dt):
    if game.tick == 14:
        game.send("go", speed=3)
