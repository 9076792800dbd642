"""What agents may do: a person says so for each tool, once or for as long as the editor runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from taixu.edit import Difference
from taixu.errors import TaixuError, UsageError

__all__ = ["FREE", "TOOLS", "Answer", "Ask", "Consent", "Request"]

TOOLS = {
    "list_operations": "list what can be done here",
    "list_components": "list what entities are made of",
    "query_world": "read the world's entities",
    "take_picture": "look at the world",
    "rehearse": "work out what edits would change",
    "apply": "change the world, as one step that you can undo",
    "undo": "undo its own latest step",
    "generate": "make content out of words, into the project's assets",
    "generated": "see what was made, and what is being made",
}
"""Tools by name, and what they do."""

FREE = frozenset({"list_operations", "list_components"})
"""Tools that say nothing about the world, and need no consent."""

Answer = Literal["once", "always", "no", "nobody"]


@dataclass(frozen=True, slots=True)
class Request:
    """What an agent asks for.

    Attributes
    ----------
    agent
        What it calls itself.
    about
        What exactly, in its own words, or in those of its parameters.
    difference
        What it would change.
    is_wanted
        Whether it still waits for an answer.
    """

    tool: str
    agent: str = ""
    about: str = ""
    difference: Difference | None = None
    is_wanted: Callable[[], bool] = lambda: True


Ask = Callable[[Request, Callable[[Answer], None]], None]
"""Asks a person, and passes the answer on, at once or later, in the same thread."""


@dataclass
class Consent:
    """Who asked and was allowed.

    Parameters
    ----------
    ask
        Asks a person whether a tool may be used. None refuses whatever was not allowed before.
    """

    allowed: set[str] = field(default_factory=set)
    refused: set[str] = field(default_factory=set)
    ask: Ask | None = None

    def allow(self, tools: Iterable[str]) -> None:
        """Allow tools by name; ``all`` stands for every one."""
        for tool in tools:
            if tool == "all":
                self.allowed.update(TOOLS)
            elif tool in TOOLS:
                self.allowed.add(tool)
            else:
                raise UsageError(f"there is no tool {tool!r}; there are {', '.join(TOOLS)} and all")

    def set_state(self, tool: str, state: str) -> None:
        """Allow a tool, refuse it, or ask about it, from now on: ``allow``, ``refuse``, ``ask``."""
        for chosen, name in ((self.allowed, "allow"), (self.refused, "refuse")):
            chosen.discard(tool)
            if state == name:
                chosen.add(tool)

    def is_free(self, tool: str) -> bool:
        """Whether a tool needs no asking."""
        return tool in self.allowed or tool in FREE

    def check(self, request: Request, then: Callable[[], None], refuse: Callable[[TaixuError], None]) -> None:
        """Go on when a person consents, now or later; else refuse, in a sentence for the agent."""
        tool = request.tool
        if self.is_free(tool):
            then()
            return
        if self.ask is None or tool in self.refused:
            refuse(_refusal(tool, "no"))
            return

        def answered(answer: Answer) -> None:
            if answer == "always":
                self.allowed.add(tool)
            if answer in ("once", "always"):
                then()
            else:
                refuse(_refusal(tool, answer))

        self.ask(request, answered)


def _refusal(tool: str, answer: Answer) -> TaixuError:
    if answer == "nobody":
        return TaixuError(f"nobody answered whether you may {TOOLS[tool]} ({tool}); tell the person, and try again")
    return TaixuError(f"the person at this world did not consent to {tool} ({TOOLS[tool]})")
