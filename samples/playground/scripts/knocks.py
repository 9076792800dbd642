"""Gives collisions a sound: wood, something heavy, or a marble."""

import game

loudest: float = game.field(0.9, min=0, max=1, doc="Volume of the hardest knock.")
softest_impulse: float = game.field(0.12, min=0, unit="N s", doc="Softer ones are silent.")
at_once: int = game.field(4, min=1, doc="Most sounds in a step.")

heard = 0


def on_start():
    game.listen("collision_begin")


def on_tick(dt):
    global heard
    heard = 0


def on_event(event):
    global heard
    if event.kind != "collision_begin" or heard >= at_once or event.impulse < softest_impulse:
        return
    heard += 1
    sound = "thud" if event.impulse > 12 else "knock"
    if "marble" in event.entity.name or "marble" in event.other.name:
        sound = "chime"
    game.play_sound(f"assets/{sound}.wav", at=event.position, volume=min(loudest, 0.15 + event.impulse / 8))
