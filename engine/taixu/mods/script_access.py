"""What a script of the project needs in the box, found in its text: it has no manifest that would say so.

The script is the user's own and trusted; what is found here keeps the mirror small, and is shown. The box is what holds it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

from taixu.app import Components
from taixu.assets.findings import Finding
from taixu.mods.grants import FORBIDDEN, Grants, may_be_changed
from taixu.mods.packages.source_check import script_findings

__all__ = ["ScriptAccess", "access_of"]

_ALWAYS = frozenset({"name", "parent", "transform"})
_MEANT = {"velocity": "rigid_body", "impulse": "rigid_body", "force": "rigid_body", "joint": "articulation", "tag": "tags"}
"""Components that functions of `game` speak of under other names, by a part of those."""


@dataclass(frozen=True, slots=True)
class ScriptAccess:
    """What a script reaches as a mod.

    Attributes
    ----------
    grants
        Components that it names, and capabilities that it uses.
    findings
        What it does that the box has not.
    """

    grants: Grants
    findings: tuple[Finding, ...] = field(default=())

    @property
    def reads(self) -> list[str]:
        """Components, sorted."""
        return sorted(self.grants.read)


def access_of(sources: Mapping[str, str], components: Components) -> ScriptAccess:
    """Look at a script's sources, the entry first; nothing is run."""
    words: set[str] = set()
    for name, text in sources.items():
        try:
            words |= _words(ast.parse(text, filename=name))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue  # the findings say so
    words |= {component for part, component in _MEANT.items() if any(part in word for word in words)}
    known = {each.name: each for each in components if each.authored and each.name not in FORBIDDEN}
    read = (words | _ALWAYS) & known.keys()
    findings, used = script_findings(sources)
    write = frozenset(name for name in read if may_be_changed(known[name]))
    return ScriptAccess(Grants(read=frozenset(read), write=write, capabilities=dict.fromkeys(sorted(used), 0)), tuple(findings))


def _words(tree: ast.Module) -> set[str]:
    """Names, attributes, and texts up to their first dot."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add(node.arg)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 80:
            found.add(node.value.partition(".")[0])
    return found
