"""What moves: following, fleeing, circling, going to and fro, opening, rising, turning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from textwrap import dedent

from taixu.mods.authoring.wish import Act
from taixu.mods.authoring.writer import Writer, number

__all__ = ["WRITERS"]

_FLIES = ("lamp", "drone", "bird", "butterfly", "orb", "balloon", "moon", "fish", "star")


def _speed(w: Writer, act: Act, usual: float) -> str:
    said = act.measures.speed
    value = (usual if said is None else said) * act.measures.pace
    name = act.subject.kind.name if act.subject is not None else act.verb
    return w.field(f"{name}_speed", value, f"How fast the {name} is.", unit="m/s")


def _target(w: Writer, act: Act) -> tuple[str, str]:
    """The variable of what the act is about, the player by default, and how it is called."""
    thing = next(iter(act.targets), w.player)
    return w.fetch(thing), thing.kind.name


def _follow(w: Writer, act: Act) -> None:
    assert act.subject is not None
    kind = act.subject.kind
    w.make(act.subject, by=next(iter(act.targets), None))
    target, named = _target(w, act)
    hovers = act.verb == "hover"
    flies = hovers or kind.name in _FLIES
    distance = w.field(
        f"{kind.name}_distance", act.measures.metres or (0.3 if hovers else 1.5), f"How near the {kind.name} comes.", unit="m"
    )
    above = 2.5 if hovers else kind.height_m
    goal = f"{target}.world_position"
    way = f"{goal} + (0, {number(above)}, 0) - $s.position" if flies else f"flat({goal} - $s.position)"
    if not flies:
        w.draft.need("flat")
    dark = ""
    if kind.is_light and act.occasions:
        w.draft.need("shine")
        w.field(f"{kind.name}_brightness", 30.0, f"How bright the {kind.name} is.", most=1000)
        dark = "shine($s, 0.0)"
    body = f"""
        way = {way}
        if way.length > {distance}:
            $s.position += way.normalized() * min($speed * dt, way.length - {distance})
    """
    body = dedent(body).strip() + (f"\nshine($s, {kind.name}_brightness)" if dark else "")
    name = w.name_of(act, "hovers" if hovers else "follows")
    doc = f"{w.title(act)} {'hovers above' if hovers else 'follows'} the {named}".capitalize()
    w.draft.writes.add("transform.translation")
    w.steady(act, name, doc, body, other=dark, speed=_speed(w, act, 4.0))


def _chase(w: Writer, act: Act) -> None:
    w.draft.need("flat")
    w.draft.writes.add("transform.translation")
    target, named = _target(w, act)
    body = f"""
        way = flat({target}.world_position - $s.position)
        if way.length > 0.8:
            $s.position += way.normalized() * $speed * dt
    """
    w.steady(act, w.name_of(act, "chases"), f"{w.title(act)} chases the {named}".capitalize(), body, speed=_speed(w, act, 2.5))


def _flee(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.need("flat")
    w.draft.writes.add("transform.translation")
    target, named = _target(w, act)
    fear = w.field(f"{act.subject.kind.name}_fear", act.measures.metres or 6.0, "From how far it runs.", unit="m")
    body = f"""
        way = flat($s.position - {target}.world_position)
        if way.length < {fear}:
            $s.position += (way if way.length > 0.01 else game.Vec3(1, 0, 0)).normalized() * $speed * dt
    """
    w.steady(act, w.name_of(act, "flees"), f"{w.title(act)} runs away from the {named}".capitalize(), body,
        speed=_speed(w, act, 3.5))


def _orbit(w: Writer, act: Act) -> None:
    assert act.subject is not None
    subject = act.subject
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    w.make(subject, by=next(iter(act.targets), None))
    target, named = _target(w, act)
    radius = w.field(f"{subject.kind.name}_radius", act.measures.metres or 4.0, "How wide the circle is.", unit="m", least=0.1)
    if w.is_many(subject):
        turn = f"game.time * $speed / {radius} + math.tau * {w.group(subject)}.index($s) / len({w.group(subject)})"
        if not subject.made:
            turn = f"game.time * $speed / {radius} + $s.id % 100"
    else:
        turn = f"game.time * $speed / {radius}"
    height = subject.kind.height_m if subject.kind.name in _FLIES else 0.0
    body = f"""
        turn = {turn}
        $s.position = {target}.world_position + ({radius} * math.cos(turn), {number(height)}, {radius} * math.sin(turn))
    """
    w.steady(act, w.name_of(act, "circles"), f"{w.title(act)} goes around the {named}".capitalize(), body,
        speed=_speed(w, act, 3.0))


def _patrol(w: Writer, act: Act) -> None:
    w.draft.writes.add("transform.translation")
    speed = _speed(w, act, 2.0)
    if len(act.targets) < 2:
        _to_and_fro(w, act, "walks to and fro", 8.0)
        return
    one, other = (w.fetch(thing) for thing in act.targets[:2])
    body = f"""
        start, end = {one}.world_position, {other}.world_position
        legs = game.time * $speed / max(0.1, start.distance(end))
        there = 1 - abs(legs % 2 - 1)  # 0 at the one, 1 at the other, and back
        goal = start.lerp(end, there)
        $s.position = game.Vec3(goal.x, $s.y, goal.z)
    """
    doc = f"{w.title(act)} patrols between the {act.targets[0].kind.name} and the {act.targets[1].kind.name}".capitalize()
    w.steady(act, w.name_of(act, "patrols"), doc, body, speed=speed)


def _to_and_fro(w: Writer, act: Act, does: str, usual_m: float) -> None:
    assert act.subject is not None
    name = act.subject.kind.name
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    way = w.field(f"{name}_way", act.measures.metres or usual_m, "How far it goes.", unit="m")
    body = f"""
        rate = 2 * $speed / max(0.1, {way})  # it slows down before it turns
        $s.x += {way} / 2 * rate * math.cos(rate * game.time) * dt
    """
    w.steady(act, w.name_of(act, "moves"), f"{w.title(act)} {does}".capitalize(), body, speed=_speed(w, act, 2.0))


def _slide(w: Writer, act: Act) -> None:
    _to_and_fro(w, act, "goes to and fro", 4.0)


def _wander(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    w.draft.need("flat")
    home = ""
    if act.targets:
        target, named = _target(w, act)
        reach = w.field(f"{act.subject.kind.name}_range", act.measures.metres or 5.0, f"How far from the {named}.", unit="m")
        home = f"""
        home = flat({target}.world_position - $s.position)
        if home.length > {reach}:
            way = home.normalized()
        """
    body = f"""
        turn = 2.1 * math.sin(0.7 * game.time + $s.id % 7) + 1.3 * math.sin(1.9 * game.time)
        way = game.Vec3(math.cos(turn), 0, math.sin(turn))
        {home.strip()}
        $s.position += way * $speed * dt
    """
    w.steady(act, w.name_of(act, "wanders"), f"{w.title(act)} wanders about".capitalize(), body, speed=_speed(w, act, 1.5))


def _look(w: Writer, act: Act) -> None:
    w.draft.writes |= {"transform.rotation"}
    target, named = _target(w, act)
    body = f"""
        place = {target}.world_position
        if place.distance($s.world_position) > 0.1:
            $s.look_at((place.x, $s.world_position.y, place.z))
    """
    w.steady(act, w.name_of(act, "looks"), f"{w.title(act)} looks at the {named}".capitalize(), body)


def _bob(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    name = act.subject.kind.name
    height = w.field(f"{name}_height", act.measures.metres or 0.5, "How far up and down.", unit="m")
    rate = number(2.5 * act.measures.pace)
    body = f"$s.y += {height} / 2 * {rate} * math.cos({rate} * game.time) * dt"
    w.steady(act, w.name_of(act, "bobs"), f"{w.title(act)} bobs up and down".capitalize(), body)


def _lift(w: Writer, act: Act) -> None:
    assert act.subject is not None
    name = act.subject.kind.name
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    height = w.field(f"{name}_height", act.measures.metres or 3.0, "How high it goes.", unit="m")
    doc = f"{w.title(act)} goes up {'and down' if not act.occasions else ''}".strip().capitalize()
    if act.occasions:
        w.easing(act, w.name_of(act, "rises"), doc, f"$s.y += {height} * step", secs=2.0 / act.measures.pace)
        return
    body = f"""
        rate = $speed / max(0.1, {height}) * 2
        $s.y += {height} / 2 * rate * math.sin(rate * game.time) * dt
    """
    w.steady(act, w.name_of(act, "rises"), doc, body, speed=_speed(w, act, 1.5))


def _open(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.writes.add("transform.translation")
    height = w.field(f"{act.subject.kind.name}_height", act.measures.metres or 2.2, "How far it slides up.", unit="m")
    name = w.name_of(act, "opens")
    doc = f"{w.title(act)} opens".capitalize()
    w.easing(act, name, doc, f"$s.y += {height} * step  # it slides up out of the way", secs=1.0 / act.measures.pace,
             alone="game.time % 8.0 < 4.0")  # fmt: skip


def _spin(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.writes.add("transform.rotation")
    rate = w.field(f"{act.subject.kind.name}_spin", 2.0 * act.measures.pace, "How fast it turns.", unit="rad/s")
    body = f"$s.rotation = game.Quat.from_axis_angle((0, 1, 0), {rate} * dt) * $s.rotation"
    w.steady(act, w.name_of(act, "spins"), f"{w.title(act)} spins".capitalize(), body)


def _shake(w: Writer, act: Act) -> None:
    w.draft.imports.add("math")
    w.draft.writes.add("transform.translation")
    body = "$s.x += 0.05 * 40 * math.cos(40 * game.time) * dt  # five centimetres to each side"
    w.steady(act, w.name_of(act, "shakes"), f"{w.title(act)} shakes".capitalize(), body)


def _swing(w: Writer, act: Act) -> None:
    w.draft.imports.add("math")
    w.draft.writes.add("transform.rotation")
    rate = number(2.0 * act.measures.pace)
    body = f"$s.rotation = game.Quat.from_axis_angle((0, 0, 1), 0.4 * math.sin({rate} * game.time))"
    w.steady(act, w.name_of(act, "swings"), f"{w.title(act)} swings".capitalize(), body)


def _fall(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.writes.add("transform.translation")
    floor = number(max(0.1, act.subject.kind.size[1] / 2))
    body = f"$s.y = max({floor}, $s.y - $speed * dt)  # down to the ground"
    w.steady(act, w.name_of(act, "falls"), f"{w.title(act)} falls".capitalize(), body, speed=_speed(w, act, 5.0))


def _magnet(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.writes.add("transform.translation")
    target, named = _target(w, act)
    reach = w.field("magnet_reach", act.measures.metres or 8.0, "From how far things are pulled.", unit="m")
    body = f"""
        way = {target}.world_position - $s.world_position
        if 0.5 < way.length < {reach}:
            $s.position += way.normalized() * min($speed * dt, way.length)
    """
    w.steady(act, w.name_of(act, "pulled"), f"The {named} pulls {w.title(act)}", body, speed=_speed(w, act, 4.0))


def _pulse(w: Writer, act: Act) -> None:
    w.draft.imports.add("math")
    w.draft.writes.add("transform.scale")
    body = "$s.scale = $s.scale * math.exp(0.5 * math.cos(2 * game.time) * dt)"
    w.steady(act, w.name_of(act, "pulses"), f"{w.title(act)} grows and shrinks".capitalize(), body)


def _resize(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.writes.add("transform.scale")
    grows = act.verb == "grow"
    size = w.field(f"{act.subject.kind.name}_size", act.measures.number or (2.0 if grows else 0.4),
        "How many times its size.", least=0.05)
    name = w.name_of(act, "grows" if grows else "shrinks")
    doc = f"{w.title(act)} {'grows' if grows else 'shrinks'}".capitalize()
    w.easing(act, name, doc, f"$s.scale = $s.scale * {size} ** step", secs=1.0 / act.measures.pace)


WRITERS: Mapping[str, Callable[[Writer, Act], None]] = {
    "follow": _follow, "hover": _follow, "chase": _chase, "flee": _flee, "orbit": _orbit, "patrol": _patrol, "slide": _slide,
    "wander": _wander, "look": _look, "bob": _bob, "lift": _lift, "open": _open, "spin": _spin, "shake": _shake, "swing": _swing,
    "fall": _fall, "magnet": _magnet, "pulse": _pulse, "grow": _resize, "shrink": _resize,
}  # fmt: skip
"""By verb. All of them need a subject."""
