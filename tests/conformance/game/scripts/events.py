"""Events of every kind, and messages."""
import game


def on_start():
    for kind in ("collision_begin", "collision_end", "trigger_enter", "trigger_leave", "animation_end", "arrived", "blocked"):
        game.listen(kind)
    game.send("hello", number=1, text="a", items=[1, 2.5, None], inner={"a": True}, where=game.Vec3(1, 2, 3), to_whom=game.entity)
    game.send("mine", to=game.entity, again=False)
    game.send("not mine", to=game.find("Lamp"))
    game.show_button("again", "Again")


def on_event(event):
    other = event.data.get("other")
    sender = event.data.get("sender")
    facts = {name: value for name, value in event.data.items() if name not in ("other", "sender", "entity", "to_whom")}
    facts = {name: round(value, 5) if isinstance(value, float) else value for name, value in facts.items()}
    game.log(game.tick, event.kind, event.name, other and other.name, sender and sender.name, sorted(facts.items()))
    if event.kind == "message" and event.name == "hello":
        game.log(event.to_whom == game.entity, event.where + game.Vec3(1))
        game.log(event.matches("message", ""), isinstance(event, game.Event))


def on_tick(dt):
    if game.tick == 3:
        game.timer(0.01, name="late")
