"""An avatar from its specification."""

from __future__ import annotations

from collections.abc import Sequence

from taixu.assets.model import ModelData
from taixu.generate.avatars.assembling import assembled
from taixu.generate.avatars.held import held_pieces
from taixu.generate.avatars.person import person_of, skin_pieces
from taixu.generate.avatars.spec import AvatarSpec, check_spec
from taixu.generate.avatars.swing_human import swung
from taixu.generate.avatars.wearing import worn

__all__ = ["make_avatar"]


def make_avatar(spec: AvatarSpec, looks: Sequence[AvatarSpec] = ()) -> ModelData:
    """A model with a skeleton, units of the face and all that it wears; ``avatar`` says who is what.

    Parameters
    ----------
    looks
        The same person in other colours (`taixu.generate.avatars.looks`), who become material variants.

    Raises
    ------
    UsageError
        When the specification names what is not there.
    """
    check_spec(spec)
    person = person_of(spec)
    return assembled(person, [*swung(person, worn(person, skin_pieces(person))), *held_pieces(person)], looks)
