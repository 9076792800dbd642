"""The `game` interface, as one table: what project scripts and sandboxed mods import, and nothing more.

The native binding (`taixu.script.game.Game`) is checked against this table by a test, editors get their stubs
from it (`taixu.script.stubs`), and a sandbox binds the same names. So it is small, takes and gives plain
numbers, texts, tuples and entities, and moves bulk data as whole columns.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["API", "CALLBACKS", "ENTITY_API", "EVENT_KINDS", "ApiEntry", "Callback"]


@dataclass(frozen=True, slots=True)
class ApiEntry:
    """One name of the interface.

    Attributes
    ----------
    name, signature, doc : str
        `signature` is "(x: float) -> int" for a function, a type for a value, and "class" for a type.
    capability : str
        What a mod has to ask for before it may use the name; empty where everybody may.
    """

    name: str
    signature: str
    doc: str
    capability: str = ""

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
}

_VECTOR = "Sequence[float]"

API = (
    ApiEntry("entity", "Entity", "The entity that the running script belongs to."),
    ApiEntry("time", "float", "Simulated seconds since the world started."),
    ApiEntry("dt", "float", "Seconds of a fixed step."),
    ApiEntry("tick", "int", "Fixed steps since the world started."),
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
    ),
    ApiEntry(
        "columns",
        "(component: str, *fields: str, having: Sequence[str] = (), without: Sequence[str] = ()) -> Columns",
        "Whole columns of a component, component-major, one entry an entity; change them and call write().",
    ),
    ApiEntry("find", "(name: str) -> Entity | None", "The entity of a name (the one with the lowest stable id)."),
    ApiEntry(
        "spawn",
        f"(what: str = '', *, position: {_VECTOR} = (0.0, 0.0, 0.0), rotation: {_VECTOR} | None = None,"
        f" scale: {_VECTOR} | float = 1.0, name: str = '', parent: Entity | None = None,"
        " **components: Mapping[str, Any] | bool) -> Entity",
        "Make an entity: a shape ('box', 'sphere', ...), a model or prefab by path, or an empty one; components by"
        " name, as in `rigid_body={'mass_kg': 2}`.",
        capability="spawn",
    ),
    ApiEntry(
        "despawn",
        "(entity: Entity | None = None) -> None",
        "Remove an entity (itself by default) with all below it, at the end of the step.",
        capability="spawn",
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
    ),
    ApiEntry(
        "listen",
        "(kind: str) -> None",
        "Get the events of a kind that concern any entity, each once: event.entity says whose it is.",
    ),
    ApiEntry("action", "(name: str) -> ActionState", "State of an input action: value, held, pressed, released."),
    ApiEntry("mouse", "() -> Mouse", "The mouse: position, delta and wheel since the last step.", capability="input"),
    ApiEntry(
        "play_sound",
        f"(sound: str, *, at: {_VECTOR} | Entity | None = None, volume: float = 1.0, pitch: float = 1.0) -> None",
        "Play a sound by cue name or path, at a place or everywhere.",
        capability="audio",
    ),
    ApiEntry(
        "raycast",
        f"(origin: {_VECTOR}, direction: {_VECTOR}, *, max_distance: float = 1000.0, mask: int = 0x3FFFFFFF,"
        " ignore: Entity | None = None) -> Hit | None",
        "What a ray meets first: entity, position, normal, distance.",
    ),
    ApiEntry(
        "apply_impulse",
        f"(entity: Entity, impulse: {_VECTOR}, *, at: {_VECTOR} | None = None) -> None",
        "Push a body once, in newton seconds, at a point of the world or its centre of mass.",
    ),
    ApiEntry(
        "apply_force",
        f"(entity: Entity, force: {_VECTOR}, *, at: {_VECTOR} | None = None) -> None",
        "Push a body during the next step, in newtons.",
    ),
    ApiEntry(
        "set_velocity",
        f"(entity: Entity, linear: {_VECTOR} | None = None, *, angular: {_VECTOR} | None = None) -> None",
        "Set a body's velocity in m/s and rad/s.",
    ),
    ApiEntry("velocity", "(entity: Entity) -> tuple[Vec3, Vec3]", "A body's linear and angular velocity."),
    ApiEntry(
        "joint_positions", "(entity: Entity) -> dict[str, float]", "Where an articulation's joints are, by name, in rad or m."
    ),
    ApiEntry(
        "set_joint_target",
        "(entity: Entity, name: str, value: float) -> None",
        "Tell one joint of an articulation what to do; its mode says what the number is.",
    ),
    ApiEntry(
        "log",
        "(*values: object, level: str = 'info') -> None",
        "Write a line to the console ('info', 'warning' or 'error'); print does the same.",
    ),
)

ENTITY_API = (
    ApiEntry("id", "int", "Stable id, the same in every run."),
    ApiEntry("alive", "bool", "Whether it still exists."),
    ApiEntry("name", "str", "Its name; may be set."),
    ApiEntry("position", "Vec3", "Metres: in the world for roots, from the parent for children; may be set."),
    ApiEntry("rotation", "Quat", "May be set."),
    ApiEntry("scale", "Vec3", "May be set, also to one number."),
    ApiEntry("world_position", "Vec3", "Metres in the world."),
    ApiEntry("parent", "Entity | None", "The entity that it moves with."),
    ApiEntry("children", "list[Entity]", "The entities that move with it, by stable id."),
    ApiEntry("has", "(component: str) -> bool", "Whether it has a component."),
    ApiEntry("add", "(component: str, **fields: Any) -> None", "Add a component or set fields of it."),
    ApiEntry("remove", "(component: str) -> None", "Take a component away."),
    ApiEntry("look_at", f"(target: {_VECTOR}) -> None", "Turn its front (-Z) towards a point of the world."),
)
