"""The `game` interface, as one table: what project scripts and sandboxed mods import, and nothing more.

The native binding (`taixu.script.game.Game`) is checked against this table by a test, editors get their stubs
from it (`taixu.script.stubs`), and a sandbox's binding and the decoder of what comes out of it are made from it. So
it is small, takes and gives plain numbers, texts, tuples and entities, and moves bulk data as whole columns.

Each entry says how it crosses the boundary of a sandbox, where calls to the world wait for the next step.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["API", "CALLBACKS", "COMMANDS", "ENTITY_API", "EVENT_KINDS", "ApiEntry", "Argument", "Callback", "Crossing"]


class Crossing(StrEnum):
    """How a name crosses the boundary of a sandbox."""

    VALUE = "value"
    """Read from what was mirrored into the sandbox before the step; columns that may be written go back after it."""
    COMMAND = "command"
    """Queued, checked by the engine against `ApiEntry.arguments`, and carried out in the next step."""
    LOCAL = "local"
    """Happens inside the sandbox."""
    BATCH = "batch"
    """Asked together, answered in the next step."""
    NATIVE = "native"
    """Only for a project's own scripts."""


@dataclass(frozen=True, slots=True)
class Argument:
    """What a command takes.

    Attributes
    ----------
    name : str
    kind : str
        Type and limits, as `taixu.script.wire` reads them.
    required : bool
        Whether it has to be given.
    """

    name: str
    kind: str
    required: bool = True


@dataclass(frozen=True, slots=True)
class ApiEntry:
    """One name of the interface.

    Attributes
    ----------
    name, signature, doc : str
        `signature` is "(x: float) -> int" for a function, a type for a value, and "class" for a type.
    capability : str
        What a mod has to ask for before it may use the name; empty where everybody may.
    crossing : Crossing
        How it crosses the boundary of a sandbox.
    arguments : tuple of Argument
        Of what is queued: types and limits of what crosses.
    per_step : int
        How often a sandbox may ask for it in one step.
    """

    name: str
    signature: str
    doc: str
    capability: str = ""
    crossing: Crossing = Crossing.LOCAL
    arguments: tuple[Argument, ...] = ()
    per_step: int = 1000

    @property
    def is_function(self) -> bool:
        """Whether it is called."""
        return self.signature.startswith("(")


@dataclass(frozen=True, slots=True)
class Callback:
    """A function that a script may define."""

    name: str
    signature: str
    doc: str
    native_only: bool = False


CALLBACKS = (
    Callback("on_start", "()", "Called once before the first step; may be a generator that yields game.wait(...)."),
    Callback("on_tick", "(dt: float)", "Called in every fixed step."),
    Callback("on_frame", "(dt: float)", "Called in every frame, for what is only looked at.", native_only=True),
    Callback("on_event", "(event: Event)", "Called for each input action, collision, trigger, timer and message."),
    Callback("on_save", "() -> object", "Returns the state to keep as JSON-able data."),
    Callback("on_load", "(state: object)", "Gets that state back in place of on_start, also after a hot reload."),
)

EVENT_KINDS = {
    "input": "An action went down or came up: name, pressed, value.",
    "collision_begin": "The entity's body touched another: other, position, normal, impulse.",
    "collision_end": "It let go: other.",
    "trigger_enter": "Something came into the entity's trigger, or it into one: other.",
    "trigger_leave": "It went out again: other.",
    "timer": "A timer without a function of its own is due: name.",
    "animation_end": "A clip that does not loop came to its end: name.",
    "message": "Somebody called game.send: name, sender, and what was sent.",
    "button": "A button that the script showed was pressed: name.",
    "text": "A text was written into a field that the script showed: name, text.",
    "chat": "Somebody else said something in the chat: name (who), text, role ('player', 'mod' or 'script').",
    "answer": "What game.request asked for: name, status (0 where none came), text, error.",
    "arrived": "The entity's agent has come to its goal.",
    "blocked": "The entity's agent gets no nearer to its goal: it waits for a way.",
}

_VECTOR = "Sequence[float]"
_NUMBERS = "Column | float"
_VALUE, _COMMAND, _BATCH, _NATIVE = Crossing.VALUE, Crossing.COMMAND, Crossing.BATCH, Crossing.NATIVE
_AT = Argument("at", "vector?", required=False)
_ENTITY = Argument("entity", "entity")
_CORNERS = "top_left|top|top_right|left|center|right|bottom_left|bottom|bottom_right"
_WIDGET = (Argument("name", "word"), Argument("corner", f"choice {_CORNERS}", required=False))
_WIDGET_PLACE = "corner: str = 'top_left', offset: Sequence[float] = (0.0, 0.0)"
_OFFSET = Argument("offset", "point", required=False)
_COLOR = Argument("color", "color", required=False)

API = (
    ApiEntry("entity", "Entity", "The entity that the running script belongs to.", crossing=_VALUE),
    ApiEntry("time", "float", "Simulated seconds since the world started.", crossing=_VALUE),
    ApiEntry("dt", "float", "Seconds of a fixed step.", crossing=_VALUE),
    ApiEntry("tick", "int", "Fixed steps since the world started.", crossing=_VALUE),
    ApiEntry("random", "Random", "Random numbers, seeded by world and entity, so that a run can be repeated."),
    ApiEntry("Vec3", "class", "Three numbers with arithmetic, immutable."),
    ApiEntry("Quat", "class", "A rotation as a unit quaternion (x, y, z, w), immutable."),
    ApiEntry("Entity", "class", "An entity of the world."),
    ApiEntry("Event", "class", "What on_event gets."),
    ApiEntry("Color", "class", "Type of a field that holds a linear colour."),
    ApiEntry("Asset", "class", "Type of a field that holds a path in the project."),
    ApiEntry(
        "field",
        "(default: Any, *, min: float | None = None, max: float | None = None, unit: str = '', doc: str = '',"
        " choices: Sequence[str] = ()) -> Any",
        "Declare a field that the editor shows: `speed: float = game.field(2.0, min=0, unit='m/s')`.",
    ),
    ApiEntry(
        "query",
        "(*components: str, without: Sequence[str] = ()) -> list[Entity]",
        "All entities with these components (named as in documents), by stable id.",
        crossing=_VALUE,
    ),
    ApiEntry(
        "columns",
        "(component: str, *fields: str, having: Sequence[str] = (), without: Sequence[str] = (), own: bool = False) -> Columns",
        "Whole columns of a component, component-major, one entry an entity (own: of what this script spawned); change them and"
        " call write().",
        crossing=_VALUE,
    ),
    ApiEntry(
        "find", "(name: str) -> Entity | None", "The entity of a name (the one with the lowest stable id).", crossing=_VALUE
    ),
    ApiEntry(
        "spawn",
        f"(what: str = '', *, position: {_VECTOR} = (0.0, 0.0, 0.0), rotation: {_VECTOR} | None = None,"
        f" scale: {_VECTOR} | float = 1.0, name: str = '', parent: Entity | None = None,"
        " **components: Mapping[str, Any] | bool) -> Entity",
        "Make an entity: a shape ('box', 'sphere', ...), a model or prefab by path, or an empty one; components by"
        " name, as in `rigid_body={'mass_kg': 2}`.",
        capability="spawn",
        crossing=_COMMAND,
        arguments=(
            _ENTITY,
            Argument("what", "text 300"),
            Argument("position", "vector"),
            Argument("rotation", "quat?"),
            Argument("scale", "size"),
            Argument("name", "text 200"),
            Argument("parent", "entity?"),
            Argument("components", "data"),
        ),
    ),
    ApiEntry(
        "despawn",
        "(entity: Entity | None = None) -> None",
        "Remove an entity (itself by default) with all below it, at the end of the step.",
        capability="spawn",
        crossing=_COMMAND,
        arguments=(_ENTITY,),
    ),
    ApiEntry(
        "set",
        "(entities: Sequence[Entity], component: str, **fields: Any) -> None",
        "Set fields of a component of many entities: to one value, or to a list with one for each.",
        crossing=_COMMAND,
        arguments=(Argument("entities", "entities 100000"), Argument("component", "word"), Argument("fields", "data")),
    ),
    ApiEntry(
        "timer",
        "(seconds: float, function: Callable[[], object] | None = None, *, repeat: bool = False, name: str = '') -> Timer",
        "Call a function later, or send the script a 'timer' event; cancel() ends it.",
    ),
    ApiEntry("start", "(routine: Generator[Any, Any, Any]) -> None", "Run a generator as a routine beside others."),
    ApiEntry("wait", "(seconds: float) -> Wait", "`yield game.wait(1.5)` in a routine goes on later."),
    ApiEntry(
        "wait_event",
        "(kind: str, name: str = '') -> WaitEvent",
        "`event = yield game.wait_event('trigger_enter')` goes on when it happens.",
    ),
    ApiEntry(
        "send",
        "(name: str, to: Entity | None = None, **data: Any) -> None",
        "Send a message to the scripts of one entity or of all; it arrives in the next step.",
        crossing=_COMMAND,
        arguments=(Argument("name", "word"), Argument("to", "entity?"), Argument("data", "data")),
    ),
    ApiEntry(
        "listen",
        "(kind: str) -> None",
        "Get the events of a kind that concern any entity, each once: event.entity says whose it is.",
        crossing=_COMMAND,
        arguments=(Argument("kind", f"choice {'|'.join(EVENT_KINDS)}"),),
    ),
    ApiEntry(
        "action",
        "(name: str) -> ActionState",
        "State of an input action: value, held, pressed, released.",
        capability="input",
        crossing=_VALUE,
    ),
    ApiEntry(
        "mouse",
        "() -> Mouse",
        "The mouse: position, delta and wheel since the last step.",
        capability="input",
        crossing=_VALUE,
    ),
    ApiEntry(
        "play_sound",
        f"(sound: str, *, at: {_VECTOR} | Entity | None = None, volume: float = 1.0, pitch: float = 1.0) -> None",
        "Play a sound by cue name or path, at a place or everywhere.",
        capability="audio",
        crossing=_COMMAND,
        arguments=(
            Argument("sound", "text 300"),
            Argument("at", "place?", required=False),
            Argument("volume", "number 0 16", required=False),
            Argument("pitch", "number 0.01 16", required=False),
        ),
        per_step=64,
    ),
    ApiEntry(
        "raycast",
        f"(origin: {_VECTOR}, direction: {_VECTOR}, *, max_distance: float = 1000.0, mask: int = 0x3FFFFFFF,"
        " ignore: Entity | None = None) -> Hit | None",
        "What a ray meets first: entity, position, normal, distance. Mods ask with raycasts.",
        crossing=_NATIVE,
    ),
    ApiEntry(
        "raycasts",
        f"(origins: Sequence[{_VECTOR}], directions: Sequence[{_VECTOR}], *, max_distance: float = 1000.0,"
        " mask: int = 0x3FFFFFFF) -> RayBatch",
        "Many rays at once, answered in the next step: `hits = yield game.raycasts(...)`, or look at `ready` and `hits`.",
        crossing=_BATCH,
        arguments=(
            Argument("batch", "whole 0 1000000000"),
            Argument("origins", "vectors 10000"),
            Argument("directions", "vectors 10000"),
            Argument("max_distance", "number 0 100000"),
            Argument("mask", "whole 0 4294967295"),
        ),
        per_step=100,
    ),
    ApiEntry(
        "apply_impulse",
        f"(entity: Entity, impulse: {_VECTOR}, *, at: {_VECTOR} | None = None) -> None",
        "Push a body once, in newton seconds, at a point of the world or its centre of mass.",
        crossing=_COMMAND,
        arguments=(_ENTITY, Argument("impulse", "vector"), _AT),
    ),
    ApiEntry(
        "apply_force",
        f"(entity: Entity, force: {_VECTOR}, *, at: {_VECTOR} | None = None) -> None",
        "Push a body during the next step, in newtons.",
        crossing=_COMMAND,
        arguments=(_ENTITY, Argument("force", "vector"), _AT),
    ),
    ApiEntry(
        "set_velocity",
        f"(entity: Entity, linear: {_VECTOR} | None = None, *, angular: {_VECTOR} | None = None) -> None",
        "Set a body's velocity in m/s and rad/s.",
        crossing=_COMMAND,
        arguments=(
            _ENTITY,
            Argument("linear", "vector?", required=False),
            Argument("angular", "vector?", required=False),
        ),
    ),
    ApiEntry(
        "velocity", "(entity: Entity) -> tuple[Vec3, Vec3]", "A body's linear and angular velocity.", crossing=_VALUE
    ),
    ApiEntry(
        "joint_positions",
        "(entity: Entity) -> dict[str, float]",
        "Where an articulation's joints are, by name, in rad or m.",
        crossing=_VALUE,
    ),
    ApiEntry(
        "set_joint_target",
        "(entity: Entity, name: str, value: float) -> None",
        "Tell one joint of an articulation what to do; its mode says what the number is.",
        crossing=_COMMAND,
        arguments=(_ENTITY, Argument("name", "word"), Argument("value", "number")),
    ),
    ApiEntry(
        "show_text",
        f"(name: str, text: str, *, {_WIDGET_PLACE}, size: float = 1.0,"
        f" color: {_VECTOR} = (1.0, 1.0, 1.0)) -> None",
        "Show a text on the screen, or change the one of that name.",
        capability="ui",
        crossing=_COMMAND,
        arguments=(
            *_WIDGET,
            Argument("text", "text 500"),
            _OFFSET,
            Argument("size", "number 0.5 8", required=False),
            _COLOR,
        ),
        per_step=200,
    ),
    ApiEntry(
        "show_button",
        f"(name: str, text: str, *, {_WIDGET_PLACE}) -> None",
        "Show a button on the screen; a press is a 'button' event with its name.",
        capability="ui",
        crossing=_COMMAND,
        arguments=(*_WIDGET, Argument("text", "text 80"), _OFFSET),
        per_step=200,
    ),
    ApiEntry(
        "show_bar",
        f"(name: str, value: float, *, text: str = '', {_WIDGET_PLACE}, color: {_VECTOR} = (0.2, 0.7, 1.0)) -> None",
        "Show a bar that is filled from 0 to 1, such as health or progress.",
        capability="ui",
        crossing=_COMMAND,
        arguments=(
            *_WIDGET,
            Argument("value", "number 0 1"),
            Argument("text", "text 80", required=False),
            _OFFSET,
            _COLOR,
        ),
        per_step=200,
    ),
    ApiEntry(
        "show_input",
        f"(name: str, hint: str = '', *, text: str = '', {_WIDGET_PLACE}) -> None",
        "Show a field to write into; what was written comes as a 'text' event when Enter is pressed, never key by key.",
        capability="input.text",
        crossing=_COMMAND,
        arguments=(*_WIDGET, Argument("hint", "text 80", required=False), Argument("text", "text 500", required=False), _OFFSET),
        per_step=200,
    ),
    ApiEntry(
        "show_map",
        f"(name: str, dots: Sequence[{_VECTOR}], *, colors: Sequence[{_VECTOR}] = (), {_WIDGET_PLACE}, size: float = 1.0)"
        " -> None",
        "Show a square map with dots: each is (right, down, width), from 0 to 1 across the map; colours one for each, or one.",
        capability="ui",
        crossing=_COMMAND,
        arguments=(
            *_WIDGET,
            Argument("dots", "vectors 500"),
            Argument("colors", "vectors 500", required=False),
            _OFFSET,
            Argument("size", "number 0.5 4", required=False),
        ),
        per_step=20,
    ),
    ApiEntry(
        "hide",
        "(name: str = '') -> None",
        "Take a text, button or bar away again; all that the script showed, by default.",
        capability="ui",
        crossing=_COMMAND,
        arguments=(Argument("name", "text 80"),),
        per_step=200,
    ),
    ApiEntry(
        "chat",
        "(text: str) -> None",
        "Say something in the chat, for players, scripts and mods to read.",
        capability="chat",
        crossing=_COMMAND,
        arguments=(Argument("text", "text 300"),),
        per_step=8,
    ),
    ApiEntry(
        "store",
        "(key: str, value: Any) -> None",
        "Keep numbers, texts, lists or dicts until the next session, by key; None forgets them.",
        capability="storage",
        crossing=_COMMAND,
        arguments=(Argument("key", "word"), Argument("value", "data")),
    ),
    ApiEntry(
        "stored",
        "(key: str, default: Any = None) -> Any",
        "What was kept under a key, in this session or an earlier one.",
        capability="storage",
        crossing=_VALUE,
    ),
    ApiEntry(
        "request",
        "(name: str, url: str, *, method: str = 'GET', body: str = '') -> None",
        "Ask a server by https; what it says comes as an 'answer' event of that name.",
        capability="net",
        crossing=_COMMAND,
        arguments=(
            Argument("name", "word"),
            Argument("url", "text 2000"),
            Argument("method", "choice GET|POST", required=False),
            Argument("body", "text 20000", required=False),
        ),
        per_step=4,
    ),
    ApiEntry(
        "where",
        f"(mask: Column | bool, yes: {_NUMBERS}, no: {_NUMBERS}) -> Column",
        "For each entry of a column of truths the first number where it is true, else the second.",
    ),
    ApiEntry("minimum", f"(a: {_NUMBERS}, b: {_NUMBERS}) -> Column", "The smaller one, entry by entry."),
    ApiEntry("maximum", f"(a: {_NUMBERS}, b: {_NUMBERS}) -> Column", "The larger one, entry by entry."),
    ApiEntry(
        "clamp", f"(a: {_NUMBERS}, low: {_NUMBERS}, high: {_NUMBERS}) -> Column", "Held between two bounds, entry by entry."
    ),
    ApiEntry("sqrt", f"(a: {_NUMBERS}) -> Column", "Square roots of a column."),
    ApiEntry("sin", f"(a: {_NUMBERS}) -> Column", "Sines of a column of radians."),
    ApiEntry("cos", f"(a: {_NUMBERS}) -> Column", "Cosines of a column of radians."),
    ApiEntry("atan2", f"(y: {_NUMBERS}, x: {_NUMBERS}) -> Column", "Angles of directions, in radians."),
    ApiEntry("exp", f"(a: {_NUMBERS}) -> Column", "Powers of e."),
    ApiEntry("floor", f"(a: {_NUMBERS}) -> Column", "The next whole number below."),
    ApiEntry(
        "roll", "(column: Any, shift: int) -> Column", "The same column turned: entry i goes to i + shift, round to the front."
    ),
    ApiEntry("length", "(vectors: Any) -> Column", "Lengths of a column of vectors: `game.length(columns.translation)`."),
    ApiEntry("sum", "(column: Column) -> float", "Sum of a column."),
    ApiEntry("smallest", "(column: Column) -> float", "Smallest number of a column."),
    ApiEntry("largest", "(column: Column) -> float", "Largest number of a column."),
    ApiEntry(
        "log",
        "(*values: object, level: str = 'info') -> None",
        "Write a line to the console ('info', 'warning' or 'error'); print does the same.",
        crossing=_COMMAND,
        arguments=(Argument("text", "text 2000"), Argument("level", "choice info|warning|error")),
        per_step=200,
    ),
)

ENTITY_API = (
    ApiEntry("id", "int", "Stable id, the same in every run.", crossing=_VALUE),
    ApiEntry("alive", "bool", "Whether it still exists.", crossing=_VALUE),
    ApiEntry("name", "str", "Its name; may be set.", crossing=_VALUE),
    ApiEntry("position", "Vec3", "Metres: in the world for roots, from the parent for children; may be set.", crossing=_VALUE),
    ApiEntry("x", "float", "First number of its position; may be set.", crossing=_VALUE),
    ApiEntry("y", "float", "Second number of its position, its height; may be set.", crossing=_VALUE),
    ApiEntry("z", "float", "Third number of its position; may be set.", crossing=_VALUE),
    ApiEntry("rotation", "Quat", "May be set.", crossing=_VALUE),
    ApiEntry("scale", "Vec3", "May be set, also to one number.", crossing=_VALUE),
    ApiEntry("world_position", "Vec3", "Metres in the world.", crossing=_VALUE),
    ApiEntry("parent", "Entity | None", "The entity that it moves with.", crossing=_VALUE),
    ApiEntry("children", "list[Entity]", "The entities that move with it, by stable id.", crossing=_VALUE),
    ApiEntry("has", "(component: str) -> bool", "Whether it has a component.", crossing=_VALUE),
    ApiEntry(
        "add",
        "(component: str, **fields: Any) -> None",
        "Add a component or set fields of it.",
        crossing=_COMMAND,
        arguments=(_ENTITY, Argument("component", "word"), Argument("fields", "data")),
    ),
    ApiEntry(
        "remove",
        "(component: str) -> None",
        "Take a component away.",
        crossing=_COMMAND,
        arguments=(_ENTITY, Argument("component", "word")),
    ),
    ApiEntry("look_at", f"(target: {_VECTOR}) -> None", "Turn its front (-Z) towards a point of the world."),
)

COMMANDS = {entry.name: entry for entry in (*API, *ENTITY_API) if entry.arguments}
"""What a sandbox may send to the engine, by name."""
