"""What a result has of what it was made from: whose terms bind it, and how far a trained model had a part in it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from taixu.assets.sidecar import read_sidecar
from taixu.errors import TaixuError
from taixu.generate.generator import SourceType
from taixu.generate.provenance.content import provenance_of

__all__ = ["inherited_licence", "inherited_source_type"]

_FREE = "CC0-1.0"
_TRAINED = ("trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia")
_MIXED = ("compositeSynthetic", "compositeWithTrainedAlgorithmicMedia")


def inherited_licence(own: str, parents: Iterable[Path]) -> str:
    """The licence of what is made under one of its own from others: all of theirs (``A AND B``).

    It is empty, which is not known, where a parent's is not known: nobody can give away what may be another's.
    """
    found = [_licence_of(parent) for parent in parents]
    if not all(found):
        return ""
    bound = [each for each in dict.fromkeys([own, *found]) if each and each != _FREE]
    if len(bound) < 2:
        return bound[0] if bound else own or _FREE
    return " AND ".join(f"({each})" if " OR " in each.upper() else each for each in bound)


def _licence_of(path: Path) -> str:
    try:
        sidecar = read_sidecar(path)
    except TaixuError:  # `taixu check` says what is wrong with it
        return ""
    return "" if sidecar is None else sidecar.licence


def inherited_source_type(own: SourceType, parents: Iterable[Path], *, has_model: bool = False) -> SourceType:
    """IPTC's digital source type of what is made from others: what was trained stays so, what was no generator's is mixed in."""
    types: list[str] = ["trainedAlgorithmicMedia" if has_model and own == "algorithmicMedia" else own]
    is_mixed = False
    for parent in parents:
        made = provenance_of(parent)
        is_mixed |= not made.generator
        types += [made.source_type or "algorithmicMedia"] if made.generator else []
    is_mixed |= any(each in _MIXED for each in types)
    if any(each in _TRAINED for each in types):
        return "compositeWithTrainedAlgorithmicMedia" if is_mixed else "trainedAlgorithmicMedia"
    return "compositeSynthetic" if is_mixed else "algorithmicMedia"
