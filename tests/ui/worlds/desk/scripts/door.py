"""A door, for its fields alone."""

import game

speed: float = game.field(2.0, min=0, max=10, unit="m/s", doc="How fast it opens.")
is_open: bool = False
greeting: str = "Come in"


def on_start():
    pass
