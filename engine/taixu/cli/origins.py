"""Where a file came from, for ``taixu info FILE``: what is said beside it, in it, under its colours, and who signed it."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from taixu.errors import TaixuError

if TYPE_CHECKING:
    from taixu.assets.sidecar import Provenance, Sidecar
    from taixu.cli.console import Console

__all__ = ["describe_origin", "tell_origin"]


def tell_origin(path: Path, console: Console) -> int:
    """Show it, or answer with it."""
    found = describe_origin(path)
    console.answer(found)
    made, signature = found["provenance"], found["signature"]
    lines = [f"{path}: {_made_by(made)}"]
    for title, value in (
        ("prompt", made.get("prompt")), ("seed", made.get("seed")), ("model", made.get("model")), ("licence", found["licence"]),
        ("parents", ", ".join(made.get("parents", ()))), ("source type", made.get("source_type")), ("content", found["content"]),
    ):  # fmt: skip
        if value not in ("", None):
            lines.append(f"  {title:<12} {value}")
    state = {True: "as it was made", False: "changed since it was made", None: "no record in the file or beside it"}[
        found["is_as_made"]
    ]
    lines.append(f"  {'state':<12} {state}")
    lines.append(f"  {'mark':<12} {found['mark'] or 'none'}")
    if signature is None:
        lines.append(f"  {'signature':<12} {found['signature_problem'] or 'none'}")
    else:
        where = "beside" if signature["is_detached"] else "inside"
        state = "valid" if signature["is_valid"] else "NOT VALID"
        lines.append(f"  {'signature':<12} {state}, {where}, by {signature['signer'] or 'nobody'}")
    console.show("\n".join(lines))
    return 0


def describe_origin(path: Path) -> dict[str, Any]:
    """All that is known, as one mapping.

    Raises
    ------
    TaixuError
        When there is no such file.
    """
    from taixu.assets.sidecar import read_sidecar
    from taixu.generate.provenance import body_of, content_of, provenance_of, read_record

    if not path.is_file():
        raise TaixuError(f"{path}: there is no such file")
    sidecar = read_sidecar(path)
    made = provenance_of(path)
    signature, problem = _signature(path)
    return {
        "path": str(path),
        "provenance": {name: value for name, value in asdict(made).items() if value not in ("", None, [], {})},
        "licence": _licence(sidecar, made),
        "record": read_record(path),
        "content": content_of(path),
        "is_as_made": made.body == body_of(path) if made.body else None,
        "mark": _mark(path),
        "signature": signature,
        "signature_problem": problem,
    }


def _made_by(made: dict[str, Any]) -> str:
    if not made.get("generator"):
        return "nothing says how it was made"
    role = f", its {made['role']}" if made.get("role") else ""
    return f"made by {made['generator']} {made.get('version', '')}{role}".rstrip()


def _licence(sidecar: Sidecar | None, made: Provenance) -> str:
    return (sidecar.licence if sidecar else "") or made.model_licence


def _mark(path: Path) -> str:
    from taixu.generate.provenance.marking import find_mark

    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga"):
        return ""
    return find_mark(path)


def _signature(path: Path) -> tuple[dict[str, Any] | None, str]:
    from taixu.generate.provenance.signing import read_signature

    try:
        found = read_signature(path)
    except TaixuError as error:  # the package for it is not here
        return None, str(error)
    return (None if found is None else asdict(found)), ""
