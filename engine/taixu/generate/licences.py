"""The licence gate: what stands against passing on what is exported, from sidecars and from all that a thing was made of.

It warns and forbids nothing: whether a use earns money, and where, only its user knows.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from taixu.assets.findings import Finding, Severity
from taixu.assets.sidecar import Sidecar, read_sidecar
from taixu.errors import TaixuError
from taixu.generate.provenance import RECORDED_SUFFIXES, provenance_from_record, read_record

__all__ = ["LicenceTerms", "licence_findings", "terms_of"]

_MOST_FILES = 20_000
_MOST_LETTERS = 500


@dataclass(frozen=True, slots=True)
class LicenceTerms:
    """What a licence lets one do; a `note` is said in every case."""

    sell: bool = True
    alter: bool = True
    credit: bool = False
    alike: bool = False
    note: str = ""


def terms_of(expression: str) -> LicenceTerms | None:
    """The terms of an SPDX expression, or of a model card's name; None where one in it is unknown.

    Of ``A OR B`` the freer counts, of ``A AND B`` all that both want.
    """
    text = expression.strip().casefold().replace("(", " ").replace(")", " ")[:_MOST_LETTERS]
    choices = [_all_of(choice.split(" and ")) for choice in text.split(" or ")]
    known = [choice for choice in choices if choice is not None]
    return max(known, key=lambda terms: (terms.sell, terms.alter, not terms.alike, not terms.credit), default=None)


def _all_of(names: Iterable[str]) -> LicenceTerms | None:
    found = [_table().get(name.partition(" with ")[0].strip().removeprefix("licenseref-")) for name in names]
    known = [terms for terms in found if terms is not None]
    if not known or len(known) < len(found):
        return None
    return LicenceTerms(
        all(each.sell for each in known), all(each.alter for each in known), any(each.credit for each in known),
        any(each.alike for each in known), "; ".join(dict.fromkeys(each.note for each in known if each.note)),
    )  # fmt: skip


def licence_findings(paths: Iterable[Path], *, is_sold: bool = True, is_altered: bool = True) -> list[Finding]:
    """What the licences of files, and of all that they were made from, say against passing them on.

    Parameters
    ----------
    paths
        What is exported or packed. Of files without a sidecar the record in them is asked; what has neither says nothing.
    is_sold, is_altered
        Whether it may come to be sold, and changed.

    Returns
    -------
    list of Finding
        A warning for what is forbidden or asked for; an info where a licence is not known.
    """
    found: dict[tuple[str, str], Finding] = {}
    for path in paths:
        for file, sidecar in _with_parents(path):
            for what, licence in (("its licence", sidecar.licence), ("the model that made it", sidecar.provenance.model_licence)):
                if licence:
                    for severity, said in _said(licence, is_sold=is_sold, is_altered=is_altered):
                        where = str(path) if file == path else f"{path}, made from {file.name}"
                        message = f"{what} ({licence}) {said}"
                        found.setdefault((str(file), message), Finding(severity, where, message))
    return list(found.values())


def _said(licence: str, *, is_sold: bool, is_altered: bool) -> Iterator[tuple[Severity, str]]:
    terms = terms_of(licence)
    if terms is None:
        yield "info", "is none that Taixu knows; read it before you pass this on"
        return
    if is_sold and not terms.sell:
        yield "warning", "forbids use that earns money"
    if is_altered and not terms.alter:
        yield "warning", "forbids to pass it on changed"
    if terms.alike:
        yield "warning", "asks to pass on what is made of it under the same terms"
    if terms.credit:
        yield "info", "asks to name the author"
    if terms.note:
        yield "warning", f"says: {terms.note}"


def _with_parents(path: Path) -> Iterator[tuple[Path, Sidecar]]:
    """A file and all that it was made from, with their sidecars."""
    waiting = [path]
    seen: set[Path] = set()
    while waiting and len(seen) < _MOST_FILES:
        file = waiting.pop()
        if file in seen:
            continue
        seen.add(file)
        try:
            sidecar = read_sidecar(file) or _recorded(file)
        except TaixuError:  # `taixu check` says what is wrong with it
            continue
        if sidecar is not None:
            yield file, sidecar
            waiting += [file.parent / parent for parent in sidecar.provenance.parents if "\0" not in parent]


def _recorded(path: Path) -> Sidecar | None:
    """What the record in a file says, where nothing stands beside it any more."""
    if path.suffix.lower() not in RECORDED_SUFFIXES or not path.is_file():
        return None
    record = read_record(path)
    return None if record is None else Sidecar(provenance=provenance_from_record(record))


@lru_cache(maxsize=1)
def _table() -> dict[str, LicenceTerms]:
    table = tomllib.loads(Path(__file__).with_name("licences.toml").read_text("utf-8"))["licences"]
    return {name: LicenceTerms(**terms) for name, terms in table.items()}
