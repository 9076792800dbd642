"""What a person can do, as data: operations with an id, a title, typed parameters and a way to be undone.

Menus, shortcuts, the palette, scripts, the console, language models and other people at the same world all go through an
`Operations` registry, so everything can be undone, repeated, logged and replayed. An operation plans a `Command` for a session
(that is an edit, one step of history), consists of other edits that become one step, or runs on the host (an editor, a server)
where it edits nothing: saving, playing, showing a panel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from taixu.edit.commands import Command
from taixu.edit.conditions import no_world, none_selected
from taixu.edit.differences import Difference
from taixu.edit.made import plan_made_edit
from taixu.edit.operation_log import Done, OperationLog
from taixu.edit.parameters import Nothing, read_parameters
from taixu.edit.rehearsal import Rehearsed, rehearsing
from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.edit.session import Session

__all__ = ["BATCH", "Operation", "Operations", "Step"]

Step = tuple[str, Mapping[str, Any]]
"""An operation's id, and its parameters."""

_PLAIN = frozenset({str, int, float, bool, type(None)})
BATCH = "edit.batch"
"""The operation that does several edits as one."""


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
    steps
        Gives other edits instead, which are done as one: an edit, too.
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
    touches_files
        Whether an edit writes, moves or deletes files of the project: such a one is not rehearsed, and agents do none.
    gives
        What an edit that was done gives back to who asked for it, JSON-able, from the session as it is then and the settled
        parameters: the ids of what it made.
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
    steps: Callable[[Session, Any], Sequence[Step]] | None = None
    touches_files: bool = False
    gives: Callable[[Session, Any], Any] | None = None

    @property
    def is_edit(self) -> bool:
        """Whether it changes the world and can be undone."""
        return self.run is None


@dataclass(frozen=True, slots=True)
class BatchParameters:
    """Edits that become one step of history, which is called `label`."""

    steps: tuple[dict[str, Any], ...] = field(metadata={"doc": 'each {"operation": "...", "parameters": {...}}'})
    label: str = ""


@dataclass(slots=True)
class Operations:
    """The operations that are known, and the log of those that were done.

    Parameters
    ----------
    host
        What operations without an edit run on; an editor, or nothing.

    Attributes
    ----------
    log
        What was done, as it takes to do it again.
    on_done
        Are told of each operation that a person, a script or an agent has done; not of its parts.
    """

    host: Any = None
    log: OperationLog = field(default_factory=OperationLog)
    on_done: list[Callable[[Done], None]] = field(default_factory=list)
    _known: dict[str, Operation] = field(default_factory=dict)
    _unlogged: set[str] = field(default_factory=set)
    _is_inside: bool = False
    """Whether a logged operation is being done: what it does by others is not logged as well."""

    def __post_init__(self) -> None:
        self.add(Operation(BATCH, "Several edits", steps=_steps_of, parameters=BatchParameters, doc="Several edits, as one."))

    def add(self, *operations: Operation, is_logged: bool = True) -> None:
        """Make operations known; two of one id are refused. A window's own are not logged: nobody else can do them again."""
        for operation in operations:
            if operation.id in self._known:
                raise TaixuError(f"two operations are called {operation.id!r}")
            if sum(way is not None for way in (operation.plan, operation.run, operation.steps)) != 1:
                raise TaixuError(f"operation {operation.id!r} must plan an edit, or consist of edits, or run: one of these")
            self._known[operation.id] = operation
            if not is_logged:
                self._unlogged.add(operation.id)

    def find(self, name: str) -> Operation:
        """The operation of an id.

        Raises
        ------
        TaixuError
            When there is none.
        """
        found = self._known.get(name)
        if found is None:
            near = get_close_matches(name, self._known, n=3) or [known for known in self._known if name.split(".")[-1] in known][:5]
            raise TaixuError(f"there is no operation {name[:80]!r}" + (f"; did you mean {', '.join(near)}?" if near else ""))
        return found

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._known.values())

    def blocked(self, session: Session, name: str) -> str:
        """Why an operation cannot be done now by a key or in a menu, without parameters; empty where it can."""
        return self._reason(session, self.find(name), {})

    def _reason(self, session: Session, operation: Operation, parameters: Mapping[str, Any]) -> str:
        """Who names entities needs none that are selected."""
        condition = operation.blocked
        if condition is none_selected and parameters.get("entities"):
            condition = no_world
        return condition(session) if condition is not None else ""

    def do(
        self, session: Session, name: str, /, parameters: Mapping[str, Any] | None = None, *, merge: Any = None, **more: Any
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
        given = {**(parameters or {}), **more}
        reason = self._reason(session, operation, given)
        if reason:
            raise TaixuError(f"{operation.title}: {reason}")
        values = read_parameters(operation.parameters, given, name=name)
        if operation.settle is not None:
            values = operation.settle(session, values)
        was_inside = self._is_inside
        self._is_inside = was_inside or name not in self._unlogged
        try:
            done = self._carry_out(session, operation, values, merge)
        except OSError as error:
            where = f"{str(error.filename)[:120]!r}: " if error.filename else ""
            raise TaixuError(f"{operation.title}: {where}{error.strerror or error}") from error
        finally:
            self._is_inside = was_inside
        if not was_inside:
            if name not in self._unlogged:
                self.log.keep(done, merge)
            for tell in self.on_done:
                tell(done)
        return done.result

    def _carry_out(self, session: Session, operation: Operation, values: Any, merge: Any) -> Done:
        if operation.run is not None:
            return Done(operation.id, _kept(values), operation.run(self.host, values))
        if operation.steps is not None:
            label = getattr(values, "label", "") or operation.title
            steps = self._carry_out_all(session, operation.steps(session, values), label)
            results = [each.result for each in steps]
            return Done(BATCH, {"label": label, "steps": [each.to_step() for each in steps]}, results)
        assert operation.plan is not None
        instead = plan_made_edit(session, operation.id, values)
        command = operation.plan(session, values) if instead is None else instead.command
        if command is not None:
            session.do(command, label=operation.title, merge=merge)
        made = operation.gives(session, values) if command is not None and operation.gives is not None else None
        return Done(operation.id, _kept(values), made)

    def _carry_out_all(self, session: Session, steps: Sequence[Step], label: str, *, is_rehearsal: bool = False) -> list[Done]:
        """Each in the world that those before it left; all or none."""
        found = []
        with session.group(label):
            for number, (name, parameters) in enumerate(steps, 1):
                operation = self.find(name)
                if not operation.is_edit:
                    raise TaixuError(f"step {number}: {name} is no edit, and cannot be one of several")
                if is_rehearsal and operation.touches_files:
                    raise TaixuError(f"step {number}: {name} writes files of the project, and is not rehearsed")
                reason = self._reason(session, operation, parameters)
                try:
                    if reason:
                        raise TaixuError(f"{operation.title}: {reason}")
                    values = read_parameters(operation.parameters, parameters, name=name)
                    if operation.settle is not None:
                        values = operation.settle(session, values)
                    found.append(self._carry_out(session, operation, values, None))
                except TaixuError as error:
                    raise TaixuError(f"step {number}: {error}") from None
        return found

    def do_all(self, session: Session, steps: Sequence[Step], *, label: str) -> list[Any]:
        """Several edits as one step of history: all or none; gives what each gives.

        Raises
        ------
        TaixuError
            When a step is no edit, or fails; it names the step, and nothing has changed then.
        """
        batch = [Done(name, dict(each)).to_step() for name, each in steps]
        found: list[Any] = self.do(session, BATCH, {"label": label, "steps": batch})
        return found

    def rehearse(self, session: Session, steps: Sequence[Step]) -> Difference:
        """What edits would change, without changing anything.

        Raises
        ------
        TaixuError
            When a step is no edit, or would fail; it names the step.
        """
        return self.rehearsed(session, steps).difference

    def rehearsed(self, session: Session, steps: Sequence[Step]) -> Rehearsed:
        """What edits would change, and the same edits with all filled in, so that doing those does just that."""
        with rehearsing(session) as stage:
            done = self._carry_out_all(session, steps, "", is_rehearsal=True)
            stage.compare()
        return Rehearsed(stage.difference, tuple((each.operation, each.parameters) for each in done))

    def replay(self, session: Session, log: Sequence[Done]) -> None:
        """Do again what a log holds."""
        for done in log:
            self.do(session, done.operation, done.parameters, merge=("drag", done.drag) if done.drag else None)


def _steps_of(session: Session, p: BatchParameters) -> list[Step]:
    steps: list[Step] = []
    for number, step in enumerate(p.steps, 1):
        operation, parameters = step.get("operation"), step.get("parameters", {})
        if not isinstance(operation, str) or not isinstance(parameters, dict) or step.keys() - {"operation", "parameters"}:
            raise TaixuError(f'step {number}: write {{"operation": "...", "parameters": {{...}}}}')
        steps.append((operation, parameters))
    return steps


def _kept(parameters: Any) -> dict[str, Any]:
    """Parameters as logs hold them: a copy that nobody changes; what cannot change is not copied."""
    values = {each.name: getattr(parameters, each.name) for each in fields(parameters)}
    return {name: value if isinstance(value, tuple) and set(map(type, value)) <= {str} else _copied(value)
            for name, value in values.items()}  # fmt: skip


def _copied(value: Any) -> Any:
    """A copy of JSON-able data, three times as soon as `copy.deepcopy` makes one."""
    kind = type(value)
    if kind is dict:
        return {key: _copied(each) for key, each in value.items()}
    if kind is list:
        return value[:] if set(map(type, value)) <= _PLAIN else [_copied(each) for each in value]
    if kind is tuple:
        return value if set(map(type, value)) <= _PLAIN else tuple(_copied(each) for each in value)
    return value if kind in _PLAIN else deepcopy(value)
