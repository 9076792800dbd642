"""Input, sounds, screen."""
import game


def on_tick(dt):
    jump = game.action("jump")
    game.log(game.tick, jump.held, jump.pressed, jump.released, float(jump), bool(jump), game.action("fire").value)
    mouse = game.mouse()
    game.log(tuple(mouse.position), tuple(mouse.delta), tuple(mouse.wheel))
    if game.tick == 1:
        game.play_sound("coin", at=(1, 2, 3), volume=0.5)
        game.play_sound("coin", at=game.entity, pitch=2.0)
        game.play_sound("music")
        game.show_text("score", "12 points", corner="top_right", offset=(0.1, 0.2), size=2, color=(1, 0, 0))
        game.show_bar("health", 0.75, text="Health")
        game.show_button("again", "Play again", corner="center")
        game.show_text("gone", "gone")
    if game.tick == 2:
        game.hide("gone")
        game.show_bar("health", 0.5)


def on_event(event):
    game.log(event.kind, event.name, event.data.get("pressed"), event.data.get("value"))
