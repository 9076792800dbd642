"""Small functions that generated mods share. Each is written into the mods that need it, so that a mod stands alone."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["HELPERS", "Helper"]


@dataclass(frozen=True, slots=True)
class Helper:
    """A function of generated mods.

    Attributes
    ----------
    text
        Its source.
    reads, writes
        Columns that it needs.
    states
        Variables of the mod with their first values.
    imports
        Modules.
    """

    text: str
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    states: tuple[tuple[str, str], ...] = ()
    imports: tuple[str, ...] = ()


HELPERS = {
    "is_night": Helper('''
def is_night():
    """Whether the sun is down; where there is no sky it is always day."""
    skies = game.query("environment")
    return bool(skies) and skies[0].environment.sun_direction[1] < 0.05
''', reads=("environment.sun_direction",)),
    "is_near": Helper('''
def is_near(one, other, reach):
    """Whether two things are within reach of each other, in metres."""
    return one.world_position.distance(other.world_position) < reach
''', reads=("transform",)),
    "called": Helper('''
def called(name):
    """All things whose names begin so: "lamp" finds "lamp" and "Lamp 2"."""
    return [one for one in game.query("name", "transform") if one.name.lower().startswith(name)]
''', reads=("name", "transform")),
    "begins": Helper('''
def begins(what, truth):
    """Whether something is true now that was not true a step before."""
    was, before[what] = before.get(what, False), truth
    return truth and not was
''', states=(("before", "{}"),)),
    "is_due": Helper('''
def is_due(what, secs):
    """True once every so many seconds."""
    if game.time < due.setdefault(what, game.time + secs):
        return False
    due[what] = game.time + secs
    return True
''', states=(("due", "{}"),)),
    "flat": Helper('''
def flat(way):
    """A way along the ground: what walks does not fly."""
    return game.Vec3(way.x, 0, way.z)
'''),
    "shine": Helper('''
def shine(lamp, brightness):
    """Let a lamp shine; one that has no light gets one."""
    if lamp.has("light"):
        lamp.light.intensity = brightness
    else:
        lamp.add("light", kind="point", intensity=brightness)
''', writes=("light",)),
    "show": Helper('''
def show(thing, visible):
    """Show or hide a thing."""
    if thing.has("visibility"):
        thing.visibility.visible = visible
    elif not visible:
        thing.add("visibility", visible=False)
''', writes=("visibility",)),
    "paint": Helper('''
def paint(thing, color):
    """Give a thing another colour; what shines, shines in it."""
    if thing.has("material"):
        thing.material.base_color = (*color, 1.0)
    else:
        thing.add("material", base_color=(*color, 1.0))
    if thing.has("light"):
        thing.light.color = color
''', writes=("material", "light")),
    "throw": Helper('''
def throw(thing, velocity):
    """Let a body fly off. What has none cannot."""
    if thing.has("character"):
        thing.character.velocity = velocity
    elif thing.has("rigid_body"):
        game.set_velocity(thing, velocity)
    else:
        game.log(thing.name, "has no body, so it cannot be thrown", level="warning")
''', reads=("name",), writes=("character", "rigid_body")),
}  # fmt: skip
"""By name. A function may call those that stand before it."""
