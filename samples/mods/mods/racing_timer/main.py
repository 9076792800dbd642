"""Racing timer: laps of the car and the time from gate to gate, from nothing but what triggers tell."""

import game

gates: int = game.field(4, min=2, max=9, doc="How many gates there are: `gate 1`, `gate 2` and so on.")

passed = 0  # the number of the last gate; 0 before the first
began = reached = 0.0  # when this lap began, and when the last gate was reached
laps = 0
last = best = None  # seconds


def on_start():
    # A gate is a trigger: a collider that stops nobody, and tells who comes and goes.
    global best
    game.listen("trigger_enter")
    best = game.stored("best", best)  # what was kept when somebody played here before
    game.show_text("lap", "waiting for gate 1", size=1.3, color=(1.0, 0.6, 0.2))
    show()


def on_event(event):
    if event.kind != "trigger_enter" or event.other is None:
        return
    # An event tells of two entities, in either order.
    names = [event.entity.name, event.other.name]
    if "car" not in names:
        return
    names.remove("car")
    for number in range(1, gates + 1):
        if names[0] == f"gate {number}":
            drive_through(number)


def drive_through(number):
    global passed, began, reached, laps, last, best
    due = passed % gates + 1
    if number != due:
        return  # who turns around, or leaves a gate out, gains nothing
    split = game.time - reached if passed else 0.0
    if number == 1:
        if passed:
            last = game.time - began
            best = last if best is None else min(best, last)
            game.store("best", best)
            laps += 1
            game.send("lap", lap=laps, secs=last)
            game.send("score", who="Car", points=1)
        began = game.time
    passed, reached = number, game.time
    game.log(f"gate {number} after {split:.2f} s")
    show()


def on_tick(dt):
    if passed and game.tick % 6 == 0:  # the running clock: nobody reads more than ten numbers a second
        game.show_text("lap", f"Lap {laps + 1}   {game.time - began:5.1f} s", size=1.3, color=(1.0, 0.6, 0.2))


def show():
    times = [f"{what} {secs:.2f} s" for what, secs in (("last", last), ("best", best)) if secs is not None]
    game.show_text("times", "\n".join(times) or "no lap yet")


def on_save():
    return {"passed": passed, "laps": laps, "last": last, "best": best, "began": began, "reached": reached}


def on_load(state):
    globals().update({name: state[name] for name in ("passed", "laps", "last", "best", "began", "reached")})
    on_start()  # what we listen to and show is not saved
