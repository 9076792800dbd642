"""What is seen and heard: lamps, colours, things that hide and appear, fireworks, sounds, texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from taixu.mods.authoring.wish import Act
from taixu.mods.authoring.writer import Writer, number

__all__ = ["WRITERS"]

_COLORS = "((0.8, 0.03, 0.02), (0.05, 0.5, 0.06), (0.03, 0.1, 0.8), (0.95, 0.7, 0.05), (0.3, 0.03, 0.6))"


def _brightness(w: Writer, act: Act) -> str:
    name = act.subject.kind.name if act.subject is not None else "lamp"
    return w.field(f"{name}_brightness", 30.0, f"How bright the {name} is.", most=1000)


def _shine(w: Writer, act: Act) -> None:
    w.draft.need("shine")
    bright = _brightness(w, act)
    doc = f"{w.title(act)} shines".capitalize()
    w.steady(act, w.name_of(act, "shines"), doc, f"shine($s, {bright})", other="shine($s, 0.0)" if act.occasions else "")


def _blink(w: Writer, act: Act) -> None:
    assert act.subject is not None
    secs = w.field(f"{act.subject.kind.name}_blink_secs", (act.measures.secs or 1.0) / act.measures.pace,
        "How long on and off last.",
                   unit="s", least=0.05)  # fmt: skip
    on = f"game.time % {secs} < {secs} / 2"
    doc = f"{w.title(act)} blinks".capitalize()
    if act.subject.kind.is_light or not act.subject.made:
        w.draft.need("shine")
        bright = _brightness(w, act)
        w.steady(act, w.name_of(act, "blinks"), doc, f"shine($s, {bright} if {on} else 0.0)", other=f"shine($s, {bright})")
    else:
        w.draft.need("show")
        w.steady(act, w.name_of(act, "blinks"), doc, f"show($s, {on})", other="show($s, True)")


def _flicker(w: Writer, act: Act) -> None:
    w.draft.need("shine")
    bright = _brightness(w, act)
    body = f"""
        if game.tick % 4 == 0:  # fifteen times a second looks like a flame
            shine($s, {bright} * game.random.uniform(0.4, 1.0))
    """
    w.steady(act, w.name_of(act, "flickers"), f"{w.title(act)} flickers".capitalize(), body, other=f"shine($s, {bright})")


def _recolor(w: Writer, act: Act) -> None:
    w.draft.need("paint")
    doc = f"{w.title(act)} changes its colour".capitalize()
    if act.measures.color is not None:
        color = ", ".join(number(part) for part in act.measures.color)
        w.moment(act, w.name_of(act, "is_painted"), doc, f"paint($s, ({color}))")
    elif act.occasions:
        w.moment(act, w.name_of(act, "is_painted"), doc, f"paint($s, game.random.choice({_COLORS}))")
    else:
        w.draft.imports.add("math")
        body = "paint($s, [0.5 + 0.5 * math.sin(game.time + part) for part in (0.0, 2.1, 4.2)])"
        w.steady(act, w.name_of(act, "is_painted"), doc, body)


def _visible(w: Writer, act: Act) -> None:
    w.draft.need("show")
    appears = act.verb == "appear"
    doc = f"{w.title(act)} {'is seen' if appears else 'is hidden'}".capitalize()
    name = w.name_of(act, "appears" if appears else "hides")
    if act.occasions:
        w.steady(act, name, doc, f"show($s, {appears})", other=f"show($s, {not appears})")
    else:
        w.moment(act, name, doc, f"show($s, {appears})")


def _toggle(w: Writer, act: Act) -> None:
    """By a key or a click; every second where nothing is said."""
    w.draft.need("shine")
    bright = _brightness(w, act)
    name = w.name_of(act, "switches")
    lit = w.state(f"{name}_lit", "False")
    body = f"{lit} = not {lit}\nshine($s, {bright} if {lit} else 0.0)"
    w.moment(act, name, f"{w.title(act)} goes on and off".capitalize(), body)


def _firework(w: Writer, act: Act) -> None:
    draft = w.draft
    draft.imports.add("math")
    draft.spawn(96, "the sparks of fireworks")
    draft.states["sparks"] = "[]"
    draft.writes.add("transform.translation")
    player = w.fetch(w.player)
    body = f"""
        center = {player}.world_position + (0, 6, -4)
        for number in range(24 if len(sparks) < 72 else 0):
            turn, lift = math.tau * number / 24, game.random.uniform(-1, 1)
            color = [game.random.uniform(0.2, 1.0) for _ in range(3)]
            spark = game.spawn(
                "sphere", name="spark", position=center, scale=0.12,
                material={{"base_color": (*color, 1.0), "emissive": color, "emissive_strength": 6.0}},
            )
            sparks.append([spark, game.Vec3(4 * math.cos(turn), 4 * lift + 2, 4 * math.sin(turn)), game.time + 2.0])
    """
    w.moment(act, draft.free_name("firework"), "A firework goes off", body)
    flying = """
        for spark, velocity, _ in sparks:
            spark.position += velocity * dt
        for one in sparks:
            one[1] += (0, -3.0 * dt, 0)
        for one in [one for one in sparks if game.time > one[2]]:
            sparks.remove(one)
            game.despawn(one[0])
    """
    w.function(draft.free_name("sparks_fly"), "Sparks fly and go out", flying, ticks=True)


def _sound(w: Writer, act: Act) -> None:
    name = act.subject.kind.name if act.subject is not None else "bell"
    file = w.field(f"{name}_sound", f"assets/sounds/{name}.wav", "A sound of the project, by name or path.")
    w.draft.ask("audio", "the sound that was asked for")
    w.doubts.append(f"the project needs a sound: put one at assets/sounds/{name}.wav, or name another in the field {file!r}")
    w.moment(act, w.draft.free_name(f"{name}_sounds"), "A sound is played", f"game.play_sound({file})")


def _message(w: Writer, act: Act) -> None:
    text = act.measures.text or "Hello!"
    name = act.subject.kind.name if act.subject is not None and act.subject.kind.name != "player" else "message"
    shown = w.field(f"{name}_text", text, "What is said.")
    secs = w.field("message_secs", act.measures.secs or 4.0, "How long a text stays on the screen.", unit="s", least=0.1)
    w.draft.ask("ui", "the texts that it shows")
    w.draft.states["told"] = "{}"
    speaker = f'"{name}: " + ' if name != "message" else ""
    body = f'game.show_text("{name}", {speaker}{shown}, corner="bottom", size=1.3)\ntold["{name}"] = game.time + {secs}'
    w.moment(act, w.draft.free_name(f"{name}_says"), f"A text is shown: {text}", body)
    if "texts_go" not in w.draft.names:
        w.draft.names.add("texts_go")
        body = """
            for name in [name for name, until in told.items() if game.time > until]:
                del told[name]
                game.hide(name)
        """
        w.function("texts_go", "Texts are taken away again after a while", body, ticks=True, quiet=True)


WRITERS: Mapping[str, Callable[[Writer, Act], None]] = {
    "shine": _shine, "dark": _shine, "blink": _blink, "flicker": _flicker, "recolor": _recolor, "hide": _visible,
    "appear": _visible,
    "toggle": _toggle, "firework": _firework, "sound": _sound, "message": _message,
}  # fmt: skip
"""By verb."""
