"""What agents may do: a person says so for each tool, once or for good."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from taixu.errors import TaixuError, UsageError

__all__ = ["TOOLS", "Consent"]

TOOLS = {
    "list_operations": "list what can be done here",
    "query_world": "read the world's entities",
    "take_picture": "look at the world",
    "rehearse": "work out what edits would change, without changing anything",
    "apply": "change the world, as one step that you can undo",
    "undo": "undo its own latest step",
}
"""Tools by name, and what they do."""


@dataclass
class Consent:
    """Who asked and was allowed.

    Parameters
    ----------
    ask
        Asks a person whether a tool may be used: "once", "always" or "no". None refuses whatever was not allowed before.
    """

    allowed: set[str] = field(default_factory=set)
    ask: Callable[[str, str], str] | None = None

    def allow(self, tools: Iterable[str]) -> None:
        """Allow tools by name; ``all`` stands for every one."""
        for tool in tools:
            if tool == "all":
                self.allowed.update(TOOLS)
            elif tool in TOOLS:
                self.allowed.add(tool)
            else:
                raise UsageError(f"there is no tool {tool!r}; there are {', '.join(TOOLS)} and all")

    def check(self, tool: str) -> None:
        """Let a tool through, or refuse it.

        Raises
        ------
        TaixuError
            When nobody consented.
        """
        if tool in self.allowed:
            return
        answer = self.ask(tool, TOOLS[tool]) if self.ask is not None else "no"
        if answer == "always":
            self.allowed.add(tool)
        elif answer != "once":
            raise TaixuError(f"the person at this world did not consent to {tool} ({TOOLS[tool]})")
