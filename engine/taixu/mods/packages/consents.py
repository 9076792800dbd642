"""What this user has granted to which mod, in which project: asked once, and again when an update wants more.

Recorded in the user's folder, not in the project: a project that somebody sends cannot bring its own consent.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from taixu.errors import TaixuError
from taixu.mods.packages.requests import Request
from taixu.mods.packages.user_files import changing, read_private, user_folder, write_private

__all__ = ["Consent", "Consents"]

_FILE = "consents.json"


@dataclass(frozen=True, slots=True)
class Consent:
    """One decision.

    Attributes
    ----------
    content
        Hash of the package that it was given for; empty for a folder in work, which changes all the time.
    key
        The public key that signed it, as text; empty where nobody did.
    when
        UTC, ISO 8601.
    granted
        Amount and hosts by the name of the request.
    denied
        Capabilities that were asked for and refused; the mod runs without them.
    """

    version: str
    content: str
    key: str
    when: str
    granted: Mapping[str, Mapping[str, Any]]
    denied: tuple[str, ...] = ()


class Consents:
    """The decisions for one folder of mods.

    Parameters
    ----------
    mods_folder
        Where it stands says whose it is: a copy elsewhere is asked for again.
    """

    def __init__(self, mods_folder: Path) -> None:
        self.place = str(mods_folder.resolve())

    def find(self, id: str) -> Consent | None:
        """What was decided for a mod; None where nothing was."""
        raw = _all().get(self.place, {}).get(id)
        if raw is None:
            return None
        try:
            return Consent(**{**raw, "denied": tuple(raw.get("denied", ()))})
        except TypeError:
            file = user_folder() / _FILE
            raise TaixuError(f"{file}: what it says of {id} is damaged; delete the file to be asked again") from None

    def grant(
        self, id: str, requests: Iterable[Request], *, version: str, content: str, key: str, denied: Iterable[str] = ()
    ) -> Consent:
        """Record that the user has agreed to all of `requests` but those denied."""
        refused = tuple(sorted(set(denied)))
        when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        granted = {request.name: request.grant for request in requests if request.name not in refused}
        consent = Consent(version, content, key, when, granted, refused)
        with changing():
            known = _all()
            known.setdefault(self.place, {})[id] = asdict(consent)
            write_private(_FILE, known)
        return consent

    def forget(self, id: str) -> None:
        """Take a decision back."""
        with changing():
            known = _all()
            if known.get(self.place, {}).pop(id, None) is not None:
                write_private(_FILE, {place: mods for place, mods in known.items() if mods})


def _all() -> dict[str, dict[str, Any]]:
    known = read_private(_FILE)
    if not all(isinstance(mods, dict) for mods in known.values()):
        raise TaixuError(f"{user_folder() / _FILE}: is damaged; delete it to be asked everything again")
    return known
