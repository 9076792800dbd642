"""What makes a game: collecting, scores, clocks, health, checkpoints, portals; things that come, are counted, are thrown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from textwrap import indent

from taixu.mods.authoring.kinds import kind_named
from taixu.mods.authoring.wish import Act, Occasion, Thing
from taixu.mods.authoring.writer import Writer, number

__all__ = ["WRITERS"]


def _collect(w: Writer, act: Act) -> None:
    thing = act.subject if act.subject is not None and act.subject.kind.name != "player" else next(iter(act.targets), None)
    thing = thing or Thing(kind_named("coin"), many=True, name="coin")
    thing = replace(thing, many=True, made=thing.made)
    draft, name = w.draft, thing.kind.name
    several = w.group(thing)
    draft.need("show", "is_near")
    draft.ask("ui", "the score in the corner")
    w.state("score", "0")
    draft.states["collected"] = "{}"
    if thing.made:
        w.make(thing, at=_center(w))
        all_of = several
    else:
        draft.need("called")
        all_of = f'called("{thing.kind.words[0]}")'
    player = w.fetch(w.player)
    reach = w.field(f"{name}_reach", act.measures.metres or 1.5, f"How near one has to come to a {name}.", unit="m", least=0.1)
    points = w.field(f"{name}_points", act.measures.number or 1.0, f"What a {name} is worth.", most=1_000_000)
    body = f"""
        for {name} in {all_of}:
            if str({name}.id) not in collected and is_near({player}, {name}, {reach}):
                collected[str({name}.id)] = True
                show({name}, False)
                score += {points}
                game.send("score", who="Player", points={points})  # a score board may listen
                show_score()
    """
    w.function(draft.free_name(f"{several}_are_collected"),
        f"Who comes near a {name} has it, and {act.measures.number or 1.0:g} more"
               " in the score", body, ticks=True)  # fmt: skip
    w.function("show_score", "The score in the corner",
        'game.show_text("score", f"Score: {score:g}", corner="top_right", size=1.4)')
    draft.shows.append("show_score()")
    _all_collected(w, all_of)


def _all_collected(w: Writer, all_of: str) -> None:
    w.draft.names.add("all_collected")
    w.draft.functions.append(
        f'def all_collected():\n    """Whether nothing is left to collect."""\n    every = {all_of}\n'
        "    return bool(every) and all(str(one.id) in collected for one in every)"
    )


def _center(w: Writer) -> str:
    field = w.field("player_name", w.player.name or "Player", "What the player is called in the world.")
    return f"player = game.find({field})\ncenter = game.Vec3() if player is None else player.world_position * (1, 0, 1)"


def _spawn(w: Writer, act: Act) -> None:
    thing = act.subject
    assert thing is not None
    thing = replace(thing, made=True)
    timed = [each for each in act.occasions if each.kind in ("every", "press")]
    if not timed:
        target = next((each.what for each in act.occasions if each.kind == "near" and each.what is not None), None)
        target = next(iter(act.targets), target)
        w.make(thing, at=_center(w) if target is not None and target.kind.name == "player" and thing.many else "")
        w.said.append(f"{thing.count} x {thing.kind.name} {'are' if thing.count > 1 else 'is'} made")
        return
    thing = replace(thing, many=True)
    most = 30
    name, several = thing.kind.name, w.group(thing)
    w.make(thing, most=most, timed=True)
    height = act.measures.metres if act.measures.metres is not None else thing.kind.height_m
    player = w.fetch(w.player)
    made = w.spawned(thing, "place").replace("\n", "\n        ")
    body = f"""
        if len({several}) >= {most}:
            game.despawn({several}.pop(0))  # the oldest makes room
        place = {player}.world_position + (game.random.uniform(-8, 8), {number(height)}, game.random.uniform(-8, 8))
        {name} = {made}
        {several}.append({name})
    """
    w.moment(replace(act, subject=None), w.draft.free_name(f"{name}_comes"), f"Another {name} comes", body)


def _countdown(w: Writer, act: Act) -> None:
    w.draft.ask("ui", "the time that is left")
    secs = w.field("countdown_secs", act.measures.secs or act.measures.number or 60.0, "How long it counts.", unit="s", most=86_400)
    w.state("counting_since", "-1.0")
    w.state("time_is_up", "False")
    lasting, momentary = w.conditions(act, "")
    begin = " and ".join([*lasting, *momentary]) or "True"
    body = f"""
        if counting_since < 0 and {begin}:
            counting_since = game.time
        if counting_since >= 0 and not time_is_up:
            left = counting_since + {secs} - game.time
            time_is_up = left <= 0
            if game.tick % 6 == 0 or time_is_up:
                game.show_text("countdown", f"{{max(0, left):.0f}}", corner="top", size=2.0)
            if time_is_up:
                game.send("time_is_up")
    """
    w.function(w.draft.free_name("count_down"), "A countdown runs" + w.when(act), body, ticks=True)


def _stopwatch(w: Writer, act: Act) -> None:
    w.draft.ask("ui", "the time on the screen")
    body = """
        if game.tick % 6 == 0:  # nobody reads more than ten numbers a second
            game.show_text("stopwatch", f"{int(game.time // 60)}:{game.time % 60:04.1f}", corner="top", size=1.6)
    """
    w.function(w.draft.free_name("show_stopwatch"), "A stopwatch runs on the screen", body, ticks=True)


def _clock(w: Writer, act: Act) -> None:
    w.draft.ask("ui", "the time on the screen")
    body = """
        if game.tick % 30 == 0:
            game.show_text("clock", f"{int(game.time // 60):02}:{int(game.time % 60):02}", corner="top", size=1.4)
    """
    w.function(w.draft.free_name("show_clock"), "The time since the world began is shown", body, ticks=True)
    w.doubts.append("a mod hears of no clock but the world's: the time is that since the world began")


def _count(w: Writer, act: Act) -> None:
    w.draft.ask("ui", "the number that was counted")
    w.state("count", "0")
    if not act.occasions:
        w.doubts.append("what to count was not said: it counts once, at the start")
    w.moment(replace(act, subject=None), w.draft.free_name("count_one"), "It is counted", "count += 1\nshow_count()")
    w.function("show_count", "The number in the corner", 'game.show_text("count", f"{count} times", corner="top_left", size=1.3)')
    w.draft.shows.append("show_count()")


def _health(w: Writer) -> str:
    """Health of the player, with a bar; who has none left begins anew."""
    draft = w.draft
    health = w.state("health", "100.0")
    if "show_health" in draft.names:
        return health
    draft.names.add("show_health")
    draft.ask("ui", "how much health is left")
    draft.writes.add("transform.translation")
    draft.states["start"] = "None"
    draft.shows.append("show_health()")
    bar = 'game.show_bar("health", max(0.0, min(1.0, health / 100)), text="Health", corner="top_left", color=(0.9, 0.15, 0.1))'
    w.function("show_health", "The bar in the corner", bar)
    w.state("health", "100.0")
    w.state("start", "None")
    player = w.fetch(w.player)
    body = f"""
        if start is None:
            start = {player}.position
        if health <= 0:
            health = 100.0
            {player}.position = start
            game.send("died", who="Player")
        if game.tick % 6 == 0:
            show_health()
    """
    w.function(draft.free_name("live_or_die"), "Who has no health left is back where it began", body, ticks=True)
    w.state("health", "100.0")
    return health


def _damage(w: Writer, act: Act) -> None:
    _health(w)
    w.state("health", "100.0")
    subject = act.subject if act.subject is not None and act.subject.kind.name != "player" else None
    kills = any(word in act.words for word in ("kill", "死"))
    rate = w.field("damage", act.measures.number or (100.0 if kills else 10.0), "Health that is lost in a second.", most=10_000)
    occasions = tuple(each for each in act.occasions if each.kind not in ("every",))
    if subject is not None and not any(each.kind == "near" for each in occasions):
        occasions = (*occasions, Occasion("near", w.player, subject, reach_m=2.0))
    lasting, momentary = w.conditions(replace(act, occasions=occasions, subject=None), "")
    body = f"if {' and '.join([*lasting, *momentary]) or 'True'}:\n    health -= {'100.0' if kills else f'{rate} * dt'}"
    if kills:
        w.draft.fields.pop("damage", None)
    w.function(w.draft.free_name("hurt"),
        f"{w.title(act) if subject is not None else 'Something'} hurts the player".capitalize(), body, ticks=True)


def _heal(w: Writer, act: Act) -> None:
    _health(w)
    w.state("health", "100.0")
    rate = w.field("healing", act.measures.number or 20.0, "Health that comes back in a second.", most=10_000)
    place = next((each for each in (act.subject, *act.targets) if each is not None and each.kind.name != "player"), None)
    occasions = act.occasions
    if place is not None and not any(each.kind == "near" for each in occasions):
        occasions = (*occasions, Occasion("near", w.player, place, reach_m=4.0))
    lasting, momentary = w.conditions(replace(act, occasions=occasions, subject=None), "")
    body = f"if {' and '.join([*lasting, *momentary]) or 'True'}:\n    health = min(100.0, health + {rate} * dt)"
    w.function(w.draft.free_name("heal"), "Health comes back" + w.when(replace(act, occasions=occasions)), body, ticks=True)


def _show_health(w: Writer, act: Act) -> None:
    _health(w)


def _checkpoint(w: Writer, act: Act) -> None:
    draft = w.draft
    draft.need("is_near")
    draft.writes.add("transform.translation")
    thing = act.subject if act.subject is not None and act.subject.kind.name != "player" else Thing(kind_named("flag"), name="flag")
    saved = w.state("saved", "None")
    player = w.fetch(w.player)
    reach = w.field("checkpoint_reach", 4.0, "How near one has to come.", unit="m", least=0.1)
    lowest = w.field("lowest", -10.0, "Who is below this height has fallen.", unit="m", least=-10_000)
    several = w.is_many(thing) and not thing.made
    if several:
        draft.need("called")
    one = thing.kind.name if several else w.fetch(thing)
    reached = f"if is_near({player}, {one}, {reach}):\n    {saved} = {one}.world_position + (1, 0.5, 0)\n"
    if several:
        reached = f'for {one} in called("{thing.kind.words[0]}"):\n{indent(reached, "    ")}'
    body = f"if {saved} is None:\n    {saved} = {player}.position\n{reached}"
    body += f"if {player}.world_position.y < {lowest}:\n    {player}.position = {saved}"
    w.function(draft.free_name("checkpoint"), f"The {thing.kind.name} is a checkpoint: who falls comes back to it", body,
        ticks=True)


def _respawn(w: Writer, act: Act) -> None:
    w.draft.writes.add("transform.translation")
    start = w.state("start", "None")
    player = w.fetch(w.player)
    occasions = act.occasions or (Occasion("fall", w.player),)
    lasting, momentary = w.conditions(replace(act, occasions=occasions, subject=None), "")
    body = f"""
        if {start} is None:
            {start} = {player}.position
        if {" and ".join([*lasting, *momentary])}:
            {player}.position = {start}
    """
    w.function(w.draft.free_name("go_back"), "Back to the start" + w.when(replace(act, occasions=occasions)), body, ticks=True)


def _teleport(w: Writer, act: Act) -> None:
    w.draft.writes.add("transform.translation")
    things = [each for each in (act.subject, *act.targets) if each is not None]
    who = next((each for each in things if each.kind.name == "player"), w.player)
    to = [each for each in things if each.key != who.key]
    portal = next((each for each in to if each.kind.name == "portal"), None)
    goal = next((each for each in to if each is not portal), None)
    if goal is None and portal is not None and not any(each.what is not None for each in act.occasions):
        goal, portal = portal, None
    occasions = act.occasions
    if portal is not None and not occasions:
        occasions = (Occasion("near", who, portal, reach_m=1.8),)
    name = w.draft.free_name(f"{who.kind.name}_is_teleported")
    if goal is None:
        w.doubts.append("where to was not said: it goes to the origin of the world")
        place = "game.Vec3(0, 1, 0)"
    else:
        place = f"{w.fetch(goal)}.world_position + (1.5, 0.5, 0)"
    body = f"{w.fetch(who)}.position = {place}"
    doc = f"The {who.kind.name} is teleported" + (f" to the {goal.kind.name}" if goal is not None else "")
    w.moment(replace(act, subject=None, occasions=occasions), name, doc, body)


def _throw(w: Writer, act: Act) -> None:
    assert act.subject is not None
    w.draft.need("throw")
    speed = w.field(f"{act.subject.kind.name}_launch", act.measures.speed or 8.0, "How fast it flies off.", unit="m/s")
    away = act.verb == "push"
    if away:
        w.draft.need("flat")
        player = w.fetch(w.player)
        velocity = f"flat($s.world_position - {player}.world_position).normalized() * {speed} + (0, 2, 0)"
    else:
        velocity = f"game.Vec3(0, {speed}, 0)"
    doc = f"{w.title(act)} {'is pushed away' if away else 'is thrown into the air'}".capitalize()
    w.moment(act, w.name_of(act, "is_pushed" if away else "is_launched"), doc, f"throw($s, {velocity})")


WRITERS: Mapping[str, Callable[[Writer, Act], None]] = {
    "collect": _collect, "spawn": _spawn, "countdown": _countdown, "stopwatch": _stopwatch, "clock": _clock, "count": _count,
    "score": _collect, "health": _show_health, "damage": _damage, "heal": _heal, "checkpoint": _checkpoint, "respawn": _respawn,
    "teleport": _teleport, "launch": _throw, "push": _throw,
}  # fmt: skip
"""By verb."""
