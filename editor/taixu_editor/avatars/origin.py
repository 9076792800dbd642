"""Which entities are avatars that were made here, and what they were made of."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from taixu.assets.loading import file_signature
from taixu.assets.sidecar import read_sidecar, sidecar_path
from taixu.errors import TaixuError
from taixu.scene import Model

if TYPE_CHECKING:
    from taixu.edit import Session

__all__ = ["AvatarFiles", "MadeAvatar", "made_avatar", "read_avatar"]

_GENERATOR = "avatar"


@dataclass(frozen=True, slots=True)
class MadeAvatar:
    """What a file's sidecar says of how it was made.

    Attributes
    ----------
    kind
        "human" or "cartoon".
    values
        Its specification, as far as that is recorded.
    """

    kind: str
    values: dict[str, Any]
    words: str
    seed: int


def made_avatar(session: Session, entity: str) -> MadeAvatar | None:
    """What the model of an entity was made of; None where it has none, or none that the avatar generator made."""
    handle = session.entity(entity)
    if not session.world.has(handle, Model):
        return None
    return read_avatar(session, str(session.world.get(handle, Model).source))


def read_avatar(session: Session, path: str) -> MadeAvatar | None:
    """The same of a file of the project."""
    try:
        sidecar = read_sidecar(session.project.file(path)) if path else None
    except TaixuError:
        return None
    if sidecar is None or sidecar.provenance.generator != _GENERATOR:
        return None
    about = sidecar.provenance
    spec = about.settings.get("spec")
    found = dict(spec) if isinstance(spec, dict) else {}
    kind = "cartoon" if about.settings.get("kind") == "cartoon" or "head_size" in found else "human"
    known = _fields(kind)
    return MadeAvatar(kind, {name: _plain(value) for name, value in found.items() if name in known}, about.prompt, about.seed or 0)


class AvatarFiles:
    """Knows which files are avatars made here, and reads a sidecar again only where it was written since."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, tuple[int, int]], bool] = {}

    def is_made(self, session: Session, entity: str) -> bool:
        """Whether the model of an entity is one; False where there is no such entity."""
        try:
            handle = session.entity(entity)
            if not session.world.has(handle, Model):
                return False
            source = str(session.world.get(handle, Model).source)
            key = (source, file_signature(sidecar_path(session.project.file(source))) if source else (0, 0))
        except TaixuError:
            return False
        if key not in self._known:
            self._known[key] = read_avatar(session, source) is not None
        return self._known[key]


def _fields(kind: str) -> set[str]:
    from taixu.generate.avatars.cartoon.spec import CartoonSpec
    from taixu.generate.avatars.spec import AvatarSpec

    return {each.name for each in fields(CartoonSpec if kind == "cartoon" else AvatarSpec)}


def _plain(value: Any) -> Any:
    """TOML's own types as plain ones, which go to a worker."""
    return value.unwrap() if hasattr(value, "unwrap") else value
