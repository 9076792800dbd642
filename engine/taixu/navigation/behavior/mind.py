"""`Mind`: what one person remembers of the tree that it follows; and the walk through the tree."""

from __future__ import annotations

from typing import Any, Protocol

from taixu.navigation.behavior.document import Node, Tree

__all__ = ["FAILURE", "NEVER", "RUNNING", "SUCCESS", "Body", "Mind"]

SUCCESS, FAILURE, RUNNING = "success", "failure", "running"
NEVER = 1 << 60
_MOST_VISITS = 200
"""Nodes that are looked at in one step: a tree that never waits goes on in the next."""
_LOOK_EVERY = 15
_MASK = (1 << 64) - 1


class Body(Protocol):
    """What a mind moves: leaves are done by it."""

    def begin(self, mind: Mind, node: Node) -> str:
        """Start a leaf."""

    def go_on(self, mind: Mind, node: Node) -> str:
        """Ask a leaf that runs how it goes."""

    def end(self, mind: Mind, node: Node) -> None:
        """Break a leaf off."""

    def holds(self, mind: Mind, test: dict[str, Any]) -> bool:
        """Whether something is so."""


class Mind:
    """One person's place in a tree.

    Attributes
    ----------
    entity : int
    tree : Tree
    memory : dict
        The blackboard.
    states : dict
        By number of node: what composites and leaves that run remember.
    wake : int
        The step at which it wants to be asked next.
    now : int
        The present step.
    """

    def __init__(self, entity: int, tree: Tree, memory: dict[str, Any], seed: int) -> None:
        self.entity, self.tree, self.memory = entity, tree, memory
        self.states: dict[int, Any] = {}
        self.cooling: dict[int, int] = {}
        self.wake = 0
        self.now = 0
        self.ended = False
        self._chance = seed & _MASK
        self._visits = 0

    def chance(self) -> float:
        """The next number from 0 to below 1 (splitmix64)."""
        self._chance = (self._chance + 0x9E3779B97F4A7C15) & _MASK
        z = self._chance
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & _MASK
        return float((z ^ (z >> 31)) >> 11) / float(1 << 53)

    def choose(self, values: list[Any]) -> Any:
        """One of several, by chance."""
        return values[min(int(self.chance() * len(values)), len(values) - 1)]

    def wake_at(self, step: int) -> None:
        """Ask again at a step, if not before."""
        self.wake = min(self.wake, max(step, self.now + 1))

    def tick(self, body: Body, now: int) -> None:
        """Go on in the tree."""
        self.now, self.wake, self._visits = now, NEVER, 0
        if self._do(body, self.tree.root) != RUNNING:
            self.ended = True

    def stop(self, body: Body) -> None:
        """Break everything off."""
        self._abort(body, self.tree.root)
        self.ended = True

    def path(self) -> list[str]:
        """What it does just now: the nodes from the root to the leaves that run, as ``"/root/child go_to"``."""
        found: list[str] = []
        stack = [self.tree.root]
        while stack:
            node = stack.pop()
            if node.number in self.states:
                found.append(f"{node.where} {node.kind}")
            stack.extend(reversed(node.children))
        return found

    # -- the walk -------------------------------------------------------------------------------------------

    def _do(self, body: Body, node: Node) -> str:
        self._visits += 1
        if self._visits > _MOST_VISITS:
            self.states.setdefault(node.number, None)
            self.wake_at(self.now + 1)
            return RUNNING
        if not node.children:
            return self._leaf(body, node)
        status = _WAYS[node.kind](self, body, node)
        if status != RUNNING:
            self.states.pop(node.number, None)
        return status

    def _leaf(self, body: Body, node: Node) -> str:
        if self.states.get(node.number) is None:
            self.states[node.number] = {}
            status = body.begin(self, node)
        else:
            status = body.go_on(self, node)
        if status != RUNNING:
            self.states.pop(node.number, None)
        return status

    def _abort(self, body: Body, node: Node) -> None:
        if self.states.get(node.number) is not None and not node.children:
            body.end(self, node)
        for child in node.children:
            self._abort(body, child)
        self.states.pop(node.number, None)

    def _one_by_one(self, body: Body, node: Node, until: str) -> str:
        at = self.states.get(node.number) or 0
        while at < len(node.children):
            self.states[node.number] = at
            status = self._do(body, node.children[at])
            if status in (RUNNING, until):
                return status
            at += 1
        return SUCCESS if until == FAILURE else FAILURE

    def _sequence(self, body: Body, node: Node) -> str:
        return self._one_by_one(body, node, FAILURE)

    def _selector(self, body: Body, node: Node) -> str:
        return self._one_by_one(body, node, SUCCESS)

    def _pick(self, body: Body, node: Node) -> str:
        at = self.states.get(node.number)
        if at is None:
            at = self.states[node.number] = int(self.chance() * len(node.children)) % len(node.children)
        return self._do(body, node.children[at])

    def _parallel(self, body: Body, node: Node) -> str:
        done = self.states.get(node.number) or [""] * len(node.children)
        self.states[node.number] = done
        for i, child in enumerate(node.children):
            if not done[i]:
                status = self._do(body, child)
                done[i] = "" if status == RUNNING else status
        first = bool(node.values.get("any", False))
        if FAILURE in done or (first and SUCCESS in done):
            for child in node.children:
                self._abort(body, child)
            return FAILURE if FAILURE in done else SUCCESS
        return SUCCESS if all(done) else RUNNING

    def _repeat(self, body: Body, node: Node) -> str:
        done = self.states.get(node.number) or 0
        times = node.values.get("times")
        while times is None or done < (times if isinstance(times, float) else 1):
            self.states[node.number] = done
            status = self._do(body, node.children[0])
            if status == RUNNING:
                return RUNNING
            if status == FAILURE and node.values.get("until_failure", False):
                return SUCCESS
            done += 1
        return SUCCESS

    def _invert(self, body: Body, node: Node) -> str:
        self.states[node.number] = 0
        status = self._do(body, node.children[0])
        return {SUCCESS: FAILURE, FAILURE: SUCCESS}.get(status, status)

    def _succeed(self, body: Body, node: Node) -> str:
        self.states[node.number] = 0
        return RUNNING if self._do(body, node.children[0]) == RUNNING else SUCCESS

    def _cooldown(self, body: Body, node: Node) -> str:
        if self.states.get(node.number) is None:
            if self.cooling.get(node.number, 0) > self.now:
                return FAILURE
            self.states[node.number] = 0
        status = self._do(body, node.children[0])
        if status != RUNNING:
            self.cooling[node.number] = self.now + steps_of(self, node.values["secs"])
        return status

    def _by_chance(self, body: Body, node: Node) -> str:
        if self.states.get(node.number) is None:
            of = self.value(node.values["of"])
            if self.chance() >= (of if isinstance(of, (int, float)) else 0.0):
                return FAILURE
            self.states[node.number] = 0
        return self._do(body, node.children[0])

    def _while(self, body: Body, node: Node) -> str:
        if not body.holds(self, node.values["test"]):
            self._abort(body, node)
            return FAILURE
        self.states[node.number] = 0
        status = self._do(body, node.children[0])
        if status == RUNNING:
            self.wake_at(self.now + _LOOK_EVERY)
        return status

    def value(self, given: Any) -> Any:
        """What a node's parameter is now: itself, or what the blackboard holds under its name."""
        return self.memory.get(given[1:]) if isinstance(given, str) and given.startswith("$") else given


def steps_of(mind: Mind, given: Any, usual: float = 0.0, *, steps_per_sec: int = 60) -> int:
    """A time in steps: a number of seconds, or one between two."""
    value = mind.value(usual if given is None else given)
    if isinstance(value, list) and len(value) == 2:
        low, high = (part if isinstance(part, (int, float)) else usual for part in value)
        value = low + (high - low) * mind.chance()
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 1e6:
        value = usual
    return round(float(value) * steps_per_sec)


_WAYS = {
    "sequence": Mind._sequence, "selector": Mind._selector, "pick": Mind._pick, "parallel": Mind._parallel, "repeat": Mind._repeat,
    "invert": Mind._invert, "succeed": Mind._succeed, "cooldown": Mind._cooldown, "chance": Mind._by_chance, "while": Mind._while,
}  # fmt: skip
