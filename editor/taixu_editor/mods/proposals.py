"""What installing would do, looked at and not yet agreed to: kept by its digest, so that what was shown is what is done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from taixu.errors import TaixuError
from taixu.mods.packages.install_plan import Plan
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install

__all__ = ["Proposal", "Proposals", "propose"]

_MOST_KEPT = 8


@dataclass(frozen=True, slots=True)
class Proposal:
    """An installation that somebody may agree to.

    Attributes
    ----------
    digest
        Of all that is shown of it.
    """

    folder: Path
    plan: Plan
    digest: str

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.plan.changes and not self.plan.removed


def propose(folder: Path, wanted: Iterable[str], *, indexes: Iterable[str] = (), key: str = "", update: bool = False) -> Proposal:
    """Look at what installing would do; nothing is written but what was fetched.

    Raises
    ------
    TaixuError
        When it cannot be done.
    """
    plan = plan_install(folder, list(wanted), InstallOptions(indexes=tuple(indexes), key=key, update=update))
    shown = {"folder": str(folder), "plan": plan.to_json(), "keys": [item.key for item in plan.items]}
    return Proposal(folder, plan, hashlib.sha256(json.dumps(shown, sort_keys=True).encode()).hexdigest())


class Proposals:
    """The latest of them, by digest."""

    def __init__(self) -> None:
        self._kept: dict[str, Proposal] = {}

    def keep(self, proposal: Proposal) -> Proposal:
        """Take one; the oldest is forgotten where there are many."""
        self._kept[proposal.digest] = proposal
        while len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept)))
        return proposal

    def agree(self, digest: str, *, denied: Iterable[str], accept: Iterable[str]) -> Proposal:
        """Do what was shown, without capabilities that are denied (``net``, or ``alice.fish:net`` of one mod).

        Raises
        ------
        TaixuError
            When nothing of that digest was looked at, or an alarm was not agreed to; nothing is written then.
        """
        proposal = self._kept.get(digest)
        if proposal is None:
            raise TaixuError("nobody has looked at this installation; mods.look shows what it would do, and gives its digest")
        apply_plan(proposal.folder, proposal.plan, InstallOptions(denied=frozenset(denied), accept=frozenset(accept)))
        self._kept.pop(digest, None)
        return proposal
