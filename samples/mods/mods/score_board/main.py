"""Score board: whoever sends the message `score` gets points, and a ball in the goal counts by itself.

    game.send("score", who="Ann", points=10)     # from any mod or script
"""

import game

lines: int = game.field(5, min=1, max=12, doc="How many names the board has room for.")

points = {}  # by name


def on_start():
    # Triggers of any entity: without this line a mod hears nothing of them.
    game.listen("trigger_enter")
    game.show_button("again", "New game", corner="top_right", offset=(0, 0.07))  # below the board, however long it is
    show()


def on_event(event):
    match event.kind:
        case "message" if event.name == "score":
            # A message comes from anybody, and may hold anything: take only what we understand.
            who, more = event.data.get("who"), event.data.get("points", 1)
            if isinstance(who, str) and isinstance(more, (int, float)):
                add(who[:20], int(more))
        case "trigger_enter":
            # An event tells of two entities, in either order.
            names = {event.entity.name, event.other.name}
            if names == {"goal", "ball"}:
                add("Goals", 1)
                game.send("goal")
        case "button" if event.name == "again":
            points.clear()
            show()


def add(who, more):
    if who not in points and len(points) >= 100:
        return  # whoever floods us with names fills no memory
    points[who] = points.get(who, 0) + more
    show()


def show():
    # The best first; of equal ones the one that comes first in the alphabet, so that every run looks the same.
    best = sorted(points.items(), key=lambda item: (-item[1], item[0]))[:lines]
    text = "\n".join(f"{number:>4}  {who}" for who, number in best) or "   0  nobody yet"
    game.show_text("title", "Score", corner="top_right", size=1.3, color=(1.0, 0.8, 0.3))
    game.show_text("board", text, corner="top_right", offset=(0, 0.06))


def on_save():
    return points


def on_load(state):
    # In place of on_start: so listen and show again.
    points.update(state)
    on_start()
