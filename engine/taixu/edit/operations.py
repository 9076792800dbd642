"""What a person can do, as data: operations with an id, a title, typed parameters and a way to be undone.

Menus, shortcuts, the palette, scripts, the console, language models and other people at the same world all go through an
`Operations` registry, so everything can be undone, repeated, logged and replayed. An operation plans a `Command` for a session
(that is an edit, one step of history), or runs on the host (an editor, a server) where it edits nothing: saving, playing,
showing a panel.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin, get_type_hints

from taixu.edit.commands import Command
from taixu.edit.differences import Difference, difference
from taixu.edit.history import History
from taixu.edit.world_document import document_of
from taixu.errors import TaixuError, UsageError

if TYPE_CHECKING:
    from taixu.edit.session import Session

_ALL_IN_TEXT = 1 << 62

__all__ = ["Done", "Nothing", "Operation", "Operations", "parameter_schema", "read_parameters"]


@dataclass(frozen=True, slots=True)
class Nothing:
    """Parameters of an operation that has none."""


@dataclass(frozen=True, slots=True)
class Operation:
    """Something that can be done.

    Attributes
    ----------
    id
        ``subject.verb``, such as ``entity.duplicate``: what logs, scripts and key bindings say.
    title
        English, as menus show it; a table of the interface's language has others by id.
    plan
        Gives the command for a session and parameters, or None where there is nothing to do: an edit.
    run
        Does it on the host instead, and may give JSON-able data back: no edit.
    parameters
        A frozen dataclass.
    shortcut
        Default keys, such as ``Ctrl+D``.
    blocked
        Says in a sentence why it cannot be done now; empty where it can.
    settle
        Gives the parameters with what they leave to the moment filled in (who is selected, fresh ids), so that the log
        says all that it takes to do it again.
    """

    id: str
    title: str
    plan: Callable[[Session, Any], Command | None] | None = None
    run: Callable[[Any, Any], Any] | None = None
    parameters: type = Nothing
    shortcut: str = ""
    doc: str = ""
    blocked: Callable[[Session], str] | None = None
    settle: Callable[[Session, Any], Any] | None = None

    @property
    def is_edit(self) -> bool:
        """Whether it changes the world and can be undone."""
        return self.plan is not None


@dataclass(frozen=True, slots=True)
class Done:
    """An operation that was done, as logs keep it."""

    operation: str
    parameters: dict[str, Any]
    result: Any = None


@dataclass(slots=True)
class Operations:
    """The operations that are known, and the log of those that were done.

    Parameters
    ----------
    host
        What operations without an edit run on; an editor, or nothing.
    """

    host: Any = None
    log: list[Done] = field(default_factory=list)
    on_done: list[Callable[[Done], None]] = field(default_factory=list)
    _known: dict[str, Operation] = field(default_factory=dict)

    def add(self, *operations: Operation) -> None:
        """Make operations known; two of one id are refused."""
        for operation in operations:
            if operation.id in self._known:
                raise TaixuError(f"two operations are called {operation.id!r}")
            if (operation.plan is None) == (operation.run is None):
                raise TaixuError(f"operation {operation.id!r} must plan an edit or run, and not both")
            self._known[operation.id] = operation

    def find(self, name: str) -> Operation:
        """The operation of an id.

        Raises
        ------
        TaixuError
            When there is none.
        """
        found = self._known.get(name)
        if found is None:
            near = [known for known in self._known if name.split(".")[-1] in known][:5]
            raise TaixuError(f"there is no operation {name!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._known.values())

    def blocked(self, session: Session, name: str) -> str:
        """Why an operation cannot be done now; empty where it can."""
        operation = self.find(name)
        return operation.blocked(session) if operation.blocked is not None else ""

    def do(
        self, session: Session, name: str, parameters: Mapping[str, Any] | None = None, *, merge: Any = None, **more: Any
    ) -> Any:
        """Do an operation and log it; gives what it gives.

        Parameters
        ----------
        merge
            Edits that follow one another with the same value become one step of history: a drag.

        Raises
        ------
        TaixuError
            When there is no such operation, its parameters are wrong, or it cannot be done now; nothing has changed then.
        """
        operation = self.find(name)
        reason = self.blocked(session, name)
        if reason:
            raise TaixuError(f"{operation.title}: {reason}")
        values = read_parameters(operation.parameters, {**(parameters or {}), **more}, name=name)
        if operation.settle is not None:
            values = operation.settle(session, values)
        result: Any = None
        if operation.plan is not None:
            command = operation.plan(session, values)
            if command is not None:
                session.do(command, label=operation.title, merge=merge)
        else:
            assert operation.run is not None
            result = operation.run(self.host, values)
        done = Done(name, asdict(values), result)
        self.log.append(done)
        for tell in self.on_done:
            tell(done)
        return result

    def rehearse(self, session: Session, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> Difference:
        """What edits would change, without changing anything.

        Raises
        ------
        TaixuError
            When a step is no edit, or would fail; it names the step.
        """
        log, self.log, told, self.on_done = self.log, [], self.on_done, []
        try:
            return self._rehearse(session, steps)
        finally:
            self.log, self.on_done = log, told

    def _rehearse(self, session: Session, steps: Sequence[tuple[str, Mapping[str, Any]]]) -> Difference:
        with _Undone(session):
            before = document_of(session.world, columns_above=_ALL_IN_TEXT).document.entities
            for number, (name, parameters) in enumerate(steps, 1):
                self._apply(session, name, parameters, number)
            after = document_of(session.world, columns_above=_ALL_IN_TEXT).document.entities
        return difference(before, after)

    def do_all(self, session: Session, steps: Sequence[tuple[str, Mapping[str, Any]]], *, label: str) -> None:
        """Several edits as one step of history: all or none.

        Raises
        ------
        TaixuError
            When a step is no edit, or fails; nothing has changed then.
        """
        with session.history.group(session, label):
            for number, (name, parameters) in enumerate(steps, 1):
                self._apply(session, name, parameters, number)

    def _apply(self, session: Session, name: str, parameters: Mapping[str, Any], number: int) -> None:
        if not self.find(name).is_edit:
            raise TaixuError(f"step {number}: {name} is no edit, and cannot be one of several")
        try:
            self.do(session, name, parameters)
        except TaixuError as error:
            raise TaixuError(f"step {number}: {error}") from None

    def replay(self, session: Session, log: list[Done]) -> None:
        """Do again what a log holds."""
        for done in log:
            self.do(session, done.operation, done.parameters)


class _Undone:
    """Whatever is done in the block is undone at its end, and history and log know nothing of it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def __enter__(self) -> None:
        self._history, self._selection = self._session.current.history, self._session.current.selection
        self._session.current.history = History()

    def __exit__(self, *error: object) -> None:
        while self._session.undo():
            pass
        self._session.current.history, self._session.current.selection = self._history, self._selection


_PLAIN: dict[type, str] = {
    str: "string", bool: "boolean", int: "integer", float: "number", dict: "object", list: "array", tuple: "array",
}  # fmt: skip


def parameter_schema(parameters: type) -> dict[str, Any]:
    """JSON Schema of an operation's parameters; a field's ``metadata["doc"]`` describes it."""
    hints = get_type_hints(parameters)
    declared = fields(parameters)
    properties = {}
    for each in declared:
        properties[each.name] = _schema_of(hints[each.name])
        if each.metadata.get("doc"):
            properties[each.name]["description"] = each.metadata["doc"]
    needed = [each.name for each in declared if each.default is MISSING and each.default_factory is MISSING]
    return {"type": "object", "properties": properties, "required": needed, "additionalProperties": False}


def _schema_of(hint: Any) -> dict[str, Any]:
    origin, args = get_origin(hint), get_args(hint)
    if hint is Any:
        return {}
    if origin is Literal:
        return {"enum": list(args)}
    if origin in (Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if arg is type(None) else _schema_of(arg) for arg in args]}
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return {"type": "array", "items": _schema_of(args[0])}
    if origin is tuple:
        return {"type": "array", "prefixItems": [_schema_of(arg) for arg in args], "minItems": len(args), "maxItems": len(args)}
    if origin is list:
        return {"type": "array", "items": _schema_of(args[0])}
    if origin in (dict, Mapping) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return {"type": "object"}
    if hint in _PLAIN:
        return {"type": _PLAIN[hint]}
    raise TypeError(f"parameters of operations are JSON: {hint!r} is not")


def read_parameters(parameters: type, values: Mapping[str, Any], *, name: str = "") -> Any:
    """Parameters from JSON-able values, checked against their schema.

    Raises
    ------
    UsageError
        One sentence that names the parameter.
    """
    import jsonschema

    assert is_dataclass(parameters)
    plain = _plain(values)
    error = next(iter(jsonschema.Draft202012Validator(parameter_schema(parameters)).iter_errors(plain)), None)
    if error is not None:
        where = ".".join(map(str, error.absolute_path))
        raise UsageError(f"operation {name!r}: {where + ': ' if where else ''}{error.message[:200]}")
    hints = get_type_hints(parameters)
    return parameters(**{key: _as_declared(hints[key], value) for key, value in plain.items()})


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(each) for each in value]
    return value


def _as_declared(hint: Any, value: Any) -> Any:
    """Lists become tuples where tuples are declared."""
    origin, args = get_origin(hint), get_args(hint)
    if isinstance(value, list) and (origin is tuple or hint is tuple):
        kinds = args[:1] * len(value) if args[1:] == (Ellipsis,) else args or (Any,) * len(value)
        return tuple(_as_declared(kind, each) for kind, each in zip(kinds, value, strict=True))
    if hint is float and isinstance(value, int):
        return float(value)
    return value
