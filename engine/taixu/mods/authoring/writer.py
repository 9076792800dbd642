"""How an act becomes functions: who is looked up, when it is done, and for how many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from string import Template
from textwrap import dedent, indent

from taixu.mods.authoring.draft import Draft
from taixu.mods.authoring.kinds import kind_named, plural
from taixu.mods.authoring.wish import Act, Occasion, Thing

__all__ = ["Writer", "number"]

PLAYER = Thing(kind_named("player"), name="Player")
_PRESSED = {
    "jump": "the space bar", "interact": "E", "fire": "the left mouse button", "aim": "the right mouse button", "run": "shift",
    "crouch": "control", "pause": "escape", "move_x": "A or D", "move_y": "W or S",
}  # fmt: skip
_MOMENTARY = ("press", "every")


def number(value: float) -> str:
    """A number as a person writes it."""
    return f"{value:.4g}" if value != int(value) or abs(value) >= 1e6 else f"{value:.1f}"


@dataclass(slots=True)
class _Scope:
    """A function that is being written: what it looks up, and which variables of the mod it sets."""

    fetched: dict[str, str] = field(default_factory=dict)
    sets: set[str] = field(default_factory=set)


class Writer:
    """Writes acts into a draft.

    Attributes
    ----------
    doubts
        What is worth saying about what was written.
    """

    def __init__(self, player: Thing | None = None, names: Collection[str] = ()) -> None:
        self.draft = Draft()
        self.doubts: list[str] = []
        self.said: list[str] = []
        self.player = player or PLAYER
        self._made: dict[str, Thing] = {}
        self._scope = _Scope()
        self._names = frozenset(names)

    # Fields, variables, things

    def field(
        self, name: str, default: float | str, doc: str, *, unit: str = "", least: float | None = None, most: float | None = None
    ) -> str:
        """A field of the mod, which the editor shows; gives its name."""
        if name not in self.draft.fields:
            if isinstance(default, str):
                arguments, type_name = [f'"{_escaped(default)}"'], "str"
            else:
                low = 0.0 if least is None else least
                high = max(100.0, default * 10) if most is None else most
                arguments = [number(default), f"min={number(low)}", f"max={number(high)}", *([f'unit="{unit}"'] if unit else [])]
                type_name = "float"
            self.draft.fields[name] = f'{name}: {type_name} = game.field({", ".join(arguments)}, doc="{_escaped(doc)}")'
        return name

    def state(self, name: str, first: str) -> str:
        """A variable that the function being written may set."""
        self.draft.states[name] = first
        self._scope.sets.add(name)
        return name

    def variable(self, thing: Thing) -> str:
        """What one thing is called in the mod."""
        return thing.kind.name

    def group(self, thing: Thing) -> str:
        """What several are called."""
        return plural(thing.kind.name)

    def is_many(self, thing: Thing) -> bool:
        """Whether there are several."""
        return self._made.get(thing.key, thing).many

    def make(self, thing: Thing, *, at: str = "", by: Thing | None = None, most: int = 0, timed: bool = False) -> None:
        """See that things which the mod makes are made once, in `on_start` (or later, where they come one by one).

        Parameters
        ----------
        at
            Lines that set `center`, for several.
        by
            What a single one begins beside.
        """
        if not thing.made or thing.key in self._made:
            return
        self._made[thing.key] = thing
        draft, kind = self.draft, thing.kind
        count = most or thing.count
        draft.spawn(count, f"{'the ' + kind.name if count == 1 else self.group(thing)}")
        name = self.group(thing) if thing.many else self.variable(thing)
        draft.states[name] = "[]" if thing.many else "None"
        if timed:
            return
        draft.started.add(name)
        offset = 1.5 * (len(self._made) - 1)
        if not thing.many:
            place = f"({number(offset)}, {number(kind.height_m)}, -5.0)"
            if by is not None and not by.made and by.key not in self._made:
                other, begins = self.variable(by), f"{name}_begins"
                known = self.field(f"{other}_name", by.name or other, f"What the {other} is called in the world.")
                draft.reads |= {"name", "transform"}
                draft.starts.append(f"{other} = game.find({known})")
                draft.starts.append(
                    f"{begins} = {place} if {other} is None else {other}.world_position + (1.5, {number(kind.height_m)}, 0)"
                )
                place = begins
            draft.starts.append(f"{name} = {self.spawned(thing, place)}")
            return
        draft.imports.add("math")
        center = "game.Vec3()"
        if at:
            draft.reads |= {"name", "transform"}
            draft.starts.append(at)
            center = "center"
        draft.starts.append(f"{name} = []")
        draft.starts.append(
            f"for number in range({count}):\n"
            f"    turn, far = math.tau * number / {count}, game.random.uniform(4, 8)\n"
            f"    place = {center} + (far * math.cos(turn), {number(kind.height_m)}, far * math.sin(turn))\n"
            + indent(f"{self.variable(thing)} = {self.spawned(thing, 'place')}\n{name}.append({self.variable(thing)})", "    ")
        )

    def spawned(self, thing: Thing, place: str) -> str:
        """The expression that makes one."""
        kind = thing.kind
        color = ", ".join(number(part) for part in (thing.color or kind.color))
        size = ", ".join(number(part) for part in kind.size)
        looks = f'"base_color": ({color}, 1.0)'
        more = ""
        if kind.is_light:
            looks += f', "emissive": ({color}), "emissive_strength": 4.0'
            bright = self.field(f"{kind.name}_brightness", 30.0, f"How bright the {kind.name} is.", most=1000)
            more = f'\n    light={{"kind": "point", "color": ({color}), "intensity": {bright}, "range_m": 12.0}},'
            self.draft.writes.add("light")
        return (
            f'game.spawn(\n    "{kind.shape}", name="{kind.name}", position={place}, scale=({size}),\n'
            f"    material={{{looks}}},{more}\n)"
        )

    def fetch(self, thing: Thing) -> str:
        """The variable of a single thing, looked up at the beginning of the function where it is the world's."""
        known = self._made.get(thing.key)
        if thing.made or known is not None:
            self.make(known or thing)
            return f"{self.group(thing)}[0]" if self.is_many(thing) else self.variable(thing)
        name = self.variable(thing)
        if name not in self._scope.fetched:
            field_name = self.field(f"{name}_name", thing.name or name, f"What the {name} is called in the world.")
            self._scope.fetched[name] = f"{name} = game.find({field_name})"
            if self._names and (thing.name or name) not in self._names:
                self.doubts.append(f"there is no {thing.name or name!r} in this world: the mod waits until one is there")
            self.draft.reads |= {"name", "transform"}
        return name

    # Occasions

    def conditions(self, act: Act, subject: str) -> tuple[list[str], list[str]]:
        """The lasting and the momentary conditions of an act, as expressions."""
        lasting: dict[str, None] = {}
        momentary: dict[str, None] = {}
        for occasion in act.occasions:
            found = self._condition(occasion, subject, act)
            if found:
                (momentary if occasion.kind in _MOMENTARY else lasting)[found] = None
        return list(lasting), list(momentary)

    def _condition(self, occasion: Occasion, subject: str, act: Act) -> str:
        match occasion.kind:
            case "night" | "day":
                self.draft.need("is_night")
                return "is_night()" if occasion.kind == "night" else "not is_night()"
            case "near" | "far":
                near = self._near(occasion, subject, act)
                return near if occasion.kind == "near" else f"not {near}" if near else ""
            case "press":
                self.draft.hears_presses = True
                self.draft.ask("input", f"to hear {_PRESSED[occasion.action]}")
                text = f'"{occasion.action}" in pressed'
                if occasion.what is not None:
                    self.draft.need("is_near")
                    text += f" and is_near({self.fetch(self.player)}, {self.fetch(occasion.what)}, 4.0)"
                return text
            case "every":
                self.draft.need("is_due")
                secs = self.field(self._field_of(act, "every"), occasion.secs, "How often.", unit="s", least=0.05, most=86_400)
                return f'is_due("{act.verb}", {secs})'
            case "after":
                self.draft.states["begun"] = "0.0"
                if "begun" not in self.draft.started:
                    self.draft.started.add("begun")
                    self.draft.starts.insert(0, "begun = game.time")
                return f"game.time >= begun + {number(occasion.secs)}"
            case "fall":
                who = self.fetch(occasion.who or self.player)
                lowest = self.field("lowest", -10.0, "Who is below this height has fallen.", unit="m", least=-10_000)
                return f"{who}.world_position.y < {lowest}"
            case "collected":
                return "all_collected()"
            case "over":
                self.draft.states.setdefault("time_is_up", "False")
                return "time_is_up"
            case _:
                return "True"

    def _field_of(self, act: Act, what: str) -> str:
        subject = act.subject.kind.name if act.subject is not None else act.verb
        return f"{subject}_{act.verb}_{what}" if act.subject is not None else f"{act.verb}_{what}"

    def _near(self, occasion: Occasion, subject: str, act: Act) -> str:
        who = self.fetch(occasion.who or self.player)
        what = occasion.what
        if what is None and not subject:
            return ""
        about = act.subject.kind.name if what is None and act.subject is not None else what.kind.name if what else "it"
        reach = self.field(f"{about}_reach", occasion.reach_m, f"How near is near the {about}.", unit="m", least=0.1, most=1000)
        self.draft.need("is_near")
        if what is not None and self.is_many(what) and not (act.subject is not None and what.key == act.subject.key):
            several = self.group(what) if what.key in self._made else f'called("{what.kind.words[0]}")'
            if what.key not in self._made:
                self.draft.need("called")
            return f"any(is_near({who}, one, {reach}) for one in {several})"
        other = subject if what is None or (act.subject is not None and what.key == act.subject.key) else self.fetch(what)
        return "" if other == who else f"is_near({who}, {other}, {reach})"

    # Functions

    def steady(self, act: Act, name: str, doc: str, body: str, *, other: str = "", **words: str) -> None:
        """A function that does something in every step, while the act's conditions hold."""
        subject, loop = self._subject(act)
        lasting, momentary = self.conditions(act, subject)
        filled = self._fill(body, subject, words)
        instead = self._fill(other, subject, words)
        before = ""
        if momentary:
            switch = self.state(f"{name}_on", "False")
            before = f"if {' and '.join([*lasting, *momentary])}:\n    {switch} = not {switch}\n"
            lasting = [switch]
        if lasting:
            test = f"if {' and '.join(lasting)}:\n{indent(filled, '    ')}"
            filled = f"{test}\nelse:\n{indent(instead, '    ')}" if instead else test
        self.function(name, doc + self.when(act), f"{before}{_looped(loop, filled)}", ticks=True)

    def moment(self, act: Act, name: str, doc: str, body: str, **words: str) -> None:
        """A function that does something once whenever the act's conditions begin to hold."""
        subject, loop = self._subject(act)
        lasting, momentary = self.conditions(act, subject)
        if momentary:
            test = " and ".join([*lasting, *momentary])
        else:
            self.draft.need("begins")
            key = f'f"{name} {{{subject}.id}}"' if loop else f'"{name}"'
            test = f"begins({key}, {' and '.join(lasting) or 'True'})"
        filled = f"if {test}:\n{indent(self._fill(body, subject, words), '    ')}"
        self.function(name, doc + self.when(act), _looped(loop, filled), ticks=True)

    def easing(self, act: Act, name: str, doc: str, body: str, *, secs: float, alone: str = "True", **words: str) -> None:
        """A function that goes from one state to another while the conditions hold, and back: `$step` of the whole way."""
        subject, loop = self._subject(act)
        lasting, momentary = self.conditions(act, subject)
        wanted = " and ".join(lasting) or alone
        before = ""
        if momentary:
            switch = self.state(f"{name}_on", "False")
            before = f"if {' and '.join([*lasting, *momentary])}:\n    {switch} = not {switch}\n"
            wanted = switch
        length = self.field(f"{name}_secs", secs, "How long that takes.", unit="s", least=0.05, most=600)
        part = f"{name}_part"
        move = f"step = max(-dt / {length}, min(dt / {length}, goal - {{}}))"
        if loop:
            self.draft.states[part] = "{}"
            inner = f"part = {part}.get(str({subject}.id), 0.0)\ngoal = 1.0 if {wanted} else 0.0\n{move.format('part')}\n"
            inner += f"{part}[str({subject}.id)] = part + step\n"
        else:
            self.state(part, "0.0")
            inner = f"goal = 1.0 if {wanted} else 0.0\n{move.format(part)}\n{part} += step\n"
        inner += f"if step:\n{indent(self._fill(body, subject, words), '    ')}"
        self.function(name, doc + self.when(act), f"{before}{_looped(loop, inner)}", ticks=True)

    def function(self, name: str, doc: str, body: str, *, ticks: bool = False, arguments: str | None = None,
        quiet: bool = False) -> None:
        """Write a function down, with what it looks up."""
        scope, self._scope = self._scope, _Scope()
        said = doc.strip().rstrip(".").replace("\\", "\\\\").replace('"', "'")
        lines = [f'"""{said}."""']
        used = sorted(each for each in scope.sets if each in body)
        if used:
            lines.append(f"global {', '.join(used)}")
        lines += scope.fetched.values()
        if scope.fetched:
            lines.append(f"if {' or '.join(f'{name} is None' for name in scope.fetched)}:")
            lines.append("    return")
        lines.append(dedent(body).strip("\n"))
        takes = "dt" if arguments is None and ticks and "dt" in body else arguments or ""
        self.draft.functions.append(f"def {name}({takes}):\n{indent(chr(10).join(lines), '    ')}")
        if ticks:
            self.draft.ticks.append(f"{name}({takes})")
            if not quiet:
                self.said.append(doc.strip().rstrip("."))

    def _subject(self, act: Act) -> tuple[str, str]:
        """The subject's variable, and the head of a loop over several."""
        thing = act.subject
        if thing is None:
            return "", ""
        known = self._made.get(thing.key)
        if known is None and thing.made:
            self.make(thing, by=next(iter(act.targets), None))
            known = thing
        if known is not None:
            if not known.many:
                return self.variable(known), ""
            return self.variable(known), f"for {self.variable(known)} in {self.group(known)}:"
        if thing.many:
            self.draft.need("called")
            return self.variable(thing), f'for {self.variable(thing)} in called("{thing.kind.words[0]}"):'
        return self.fetch(thing), ""

    def _fill(self, body: str, subject: str, words: dict[str, str]) -> str:
        text = Template(dedent(body).strip("\n")).substitute(words, s=subject or "nobody")
        return text

    def when(self, act: Act) -> str:
        """The occasions of an act, as a person says them."""
        return "".join(dict.fromkeys(map(_told, act.occasions)))

    def name_of(self, act: Act, verb: str) -> str:
        """A free name for a function: "lamp_follows"."""
        return self.draft.free_name(f"{act.subject.kind.name}_{verb}" if act.subject is not None else verb)

    def title(self, act: Act) -> str:
        """The subject in a sentence: "the lamp", "all lamps"."""
        thing = act.subject
        if thing is None:
            return "it"
        known = self._made.get(thing.key, thing)
        return f"the {known.kind.name.replace('_', ' ')}" if not known.many else f"all {self.group(known).replace('_', ' ')}"


def _told(occasion: Occasion) -> str:
    who = occasion.who.kind.name if occasion.who is not None else "player"
    what = f" the {occasion.what.kind.name}" if occasion.what is not None else ""
    match occasion.kind:
        case "night":
            return " at night"
        case "day":
            return " by day"
        case "near":
            return f" when the {who} is near{what}"
        case "far":
            return f" when the {who} is not near{what}"
        case "press":
            return f" when {_PRESSED[occasion.action]} is pressed{' near' + what if what else ''}"
        case "every":
            return f" every {number(occasion.secs)} s"
        case "after":
            return f" after {number(occasion.secs)} s"
        case "fall":
            return f" when the {who} has fallen"
        case "collected":
            return " when everything is collected"
        case "over":
            return " when the time is up"
    return " at the start"


def _looped(head: str, body: str) -> str:
    return f"{head}\n{indent(body, '    ')}" if head else body


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ")


def told_targets(targets: Sequence[Thing]) -> str:
    """Targets in a sentence."""
    return " and ".join(f"the {thing.kind.name}" for thing in targets)
