"""The sky: day and night, rain, snow, fog, weather that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from taixu.mods.authoring.wish import Act
from taixu.mods.authoring.writer import Writer

__all__ = ["WRITERS"]

_DROP = (
    '"box", name="drop", position=place, scale=(0.02, 0.5, 0.02), material={"base_color": (0.7, 0.8, 0.95, 1.0)},'
    " visibility=True"
)


def _day_night(w: Writer, act: Act) -> None:
    w.draft.imports.add("math")
    w.draft.writes |= {"environment.sun_direction", "light.intensity", "transform.rotation"}
    w.draft.reads |= {"light.kind", "transform"}
    said = next((each.secs for each in act.occasions if each.kind in ("every", "after")), None)
    secs = w.field("day_secs", act.measures.secs or said or 120.0, "How long a day and a night last together.", unit="s", least=2.0,
                   most=86_400)  # fmt: skip
    body = f"""
        if game.tick % 6:
            return  # a sky is dear to paint, and the sun is slow: ten times a second is enough
        turn = math.tau * (game.time / {secs} + 0.125)  # it begins in the morning; at 0.5 of a turn the sun sets
        to_sun = game.Vec3(math.cos(turn), math.sin(turn), 0.45).normalized()
        game.set(game.query("environment"), "environment", sun_direction=to_sun)
        for sun in game.query("light", "transform"):
            if sun.light.kind == "directional":
                sun.look_at(sun.position - to_sun)
                sun.light.intensity = 3.2 * min(1.0, max(0.0, to_sun.y * 4))
    """
    w.function(w.draft.free_name("sun_moves"), "The sun goes around: day and night", body, ticks=True)


def _falling(w: Writer, act: Act, *, name: str, several: str, look: str, count: int, speed: float, sway: str, doc: str) -> None:
    """Drops and flakes: made once, moved for ever, hidden while it is dry."""
    draft = w.draft
    draft.need("show")
    draft.spawn(count, f"the {several} of the {act.verb}")
    draft.states[several] = "[]"
    draft.writes.add("transform.translation")
    draft.started.add(several)
    draft.starts.append(
        f"for _ in range({count}):\n"
        f"    place = (game.random.uniform(-15, 15), game.random.uniform(0, 12), game.random.uniform(-15, 15))\n"
        f"    {several}.append(game.spawn({look}))"
    )
    fall = w.field(f"{act.verb}_speed", speed * act.measures.pace, f"How fast the {several} fall.", unit="m/s")
    lasting, momentary = w.conditions(act, "")
    test = " and ".join(lasting)
    before = ""
    if momentary:
        switch = w.state(f"{act.verb}_on", "False")
        before = f"if {' and '.join([*lasting, *momentary])}:\n            {switch} = not {switch}\n        "
        test = switch
    falls = test or "True"
    body = f"""
        {before}falls = {falls}
        for {name} in {several}:
            show({name}, falls)
            if falls:
                {name}.position += ({sway}, -{fall} * dt, 0)
                if {name}.y < 0:
                    {name}.y += 12  # begin anew at the top
    """
    w.function(draft.free_name(f"{act.verb}_falls"), doc + w.when(act), body, ticks=True)


def _rain(w: Writer, act: Act) -> None:
    _falling(w, act, name="drop", several="drops", look=_DROP, count=150, speed=14.0, sway="0", doc="It rains")


def _snow(w: Writer, act: Act) -> None:
    w.draft.imports.add("math")
    look = '"sphere", name="flake", position=place, scale=0.07, material={"base_color": (0.95, 0.95, 1.0, 1.0)}, visibility=True'
    sway = "math.sin(game.time + flake.id % 6) * 0.5 * dt"
    _falling(w, act, name="flake", several="flakes", look=look, count=150, speed=1.5, sway=sway, doc="It snows")


def _fog(w: Writer, act: Act) -> None:
    w.draft.writes |= {"environment.turbidity", "environment.intensity"}
    haze = w.state("haze", "2.4")
    lasting, _ = w.conditions(act, "")
    body = f"""
        goal = 9.0 if {" and ".join(lasting) or "True"} else 2.4
        {haze} += (goal - {haze}) * min(1.0, 0.5 * dt)  # slowly: a part of what is missing in each step
        if game.tick % 6 == 0:
            game.set(game.query("environment"), "environment", turbidity={haze}, intensity=1.1 - {haze} / 20)
    """
    w.function(w.draft.free_name("fog_comes"), "The air gets hazy" + w.when(act), body, ticks=True)


def _weather(w: Writer, act: Act) -> None:
    w.draft.need("is_due")
    w.draft.writes |= {"environment.turbidity", "environment.intensity"}
    said = next((each.secs for each in act.occasions if each.kind == "every"), None)
    secs = w.field("spell_secs", act.measures.secs or said or 10.0, "How long one kind of weather lasts.", unit="s",
        least=0.5, most=86_400)
    w.state("haze", "2.4")
    w.state("weather", '"clear"')
    _falling(
        w, Act("rain"), name="drop", several="drops", count=150, speed=14.0, sway="0", doc="It rains, in rainy spells",
        look=_DROP,
    )  # fmt: skip
    w.draft.functions[-1] = w.draft.functions[-1].replace("falls = True", 'falls = weather == "rain"')
    w.state("haze", "2.4")
    w.state("weather", '"clear"')
    body = f"""
        if is_due("weather", {secs}):
            weather = game.random.choice(["clear", "hazy", "rain"])
            game.send("weather", kind=weather)  # other mods may listen
        goal = {{"clear": 2.4, "hazy": 7.0, "rain": 9.0}}[weather]
        haze += (goal - haze) * min(1.0, 0.5 * dt)
        if game.tick % 6 == 0:
            game.set(game.query("environment"), "environment", turbidity=haze, intensity=1.1 - haze / 20)
    """
    w.function(w.draft.free_name("weather_changes"), "The weather changes: clear, hazy, rain", body, ticks=True)


WRITERS: Mapping[str, Callable[[Writer, Act], None]] = {
    "day_night": _day_night, "rain": _rain, "snow": _snow, "fog": _fog, "weather": _weather,
}  # fmt: skip
"""By verb. None of them needs a subject."""
