"""What people do and hear: chat, fields to write into, maps, what is kept, and servers."""
import game


def on_start():
    game.log(game.stored("visits", 0), game.stored("none"), game.stored("place"))
    game.store("visits", game.stored("visits", 0) + 1)
    game.store("place", [game.Vec3(1, 2, 3), {"at": game.entity}])
    game.store("gone", "soon")
    game.store("gone", None)
    game.log(game.stored("visits"), game.stored("place")[0] + game.Vec3(1), game.stored("place")[1]["at"] == game.entity)
    game.log(game.stored("gone", "gone"))
    game.show_input("name", "Your name", corner="bottom", text="Ann")
    game.show_button("again", "Again")
    game.show_map("radar", [(0.5, 0.25, 0.05), (0, 1, 0.1)], colors=[(1, 0, 0)], corner="top_right", size=0.5)
    game.chat("Hello!")
    game.request("rates", "https://api.example.com/v1?a=b")
    game.request("rates", "https://api.example.com/", method="POST", body='{"a": 1}')


def on_event(event):
    if event.kind in ("text", "chat", "answer", "button"):
        game.log(game.tick, event.kind, event.name, sorted(event.data.items()))
