"""Where a file came from, for ``taixu info FILE``: what is said beside it, in it, under its colours, and who signed it."""

from __future__ import annotations

import re
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
    inside = "in the file" if found["record"] else "only beside the file" if made.get("generator") else "none"
    lines.append(f"  {'record':<12} {inside}")
    lines.append(f"  {'labels':<12} {', '.join(found['labels']) or 'none'}")
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
        "labels": _labels(path),
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


def _labels(path: Path) -> list[str]:
    """What laws and agencies ask files to say of themselves, as it stands in the file: China's label, IPTC's source type."""
    from taixu.assets.paths import read_bytes
    from taixu.generate.provenance import RECORDED_SUFFIXES

    if path.suffix.lower() not in RECORDED_SUFFIXES:
        return []
    data = read_bytes(path)
    found = ["AIGC (GB 45438)"] if b"AIGC>" in data or b'"AIGC":' in data else []
    source = re.search(rb"digitalsourcetype/(\w{1,60})", data)
    return [*found, f"IPTC {source.group(1).decode()}"] if source else found


def _mark(path: Path) -> str:
    """The mark in a picture, or in the colours that a model wears."""
    from taixu.generate.provenance.marking import find_mark

    if path.suffix.lower() in (".glb", ".gltf", ".vrm"):
        return ", ".join(_marks_of_model(path))
    if path.suffix.lower() not in (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tga"):
        return ""
    return find_mark(path)


def _marks_of_model(path: Path) -> list[str]:
    import numpy as np

    from taixu.assets.image import decode_image
    from taixu.assets.importers import import_model
    from taixu.generate.provenance.watermark import detect_mark

    model = import_model(path)
    numbers = {material.base_color_texture.texture for material in model.materials if material.base_color_texture is not None}
    images = {model.textures[number].image for number in numbers}
    found = set()
    for number in sorted(each for each in images if each is not None):
        data = model.images[number].data
        if data:
            pixels = decode_image(data, name=f"{path}: image {number}")
            found.add(detect_mark(pixels.astype(np.uint8, copy=False)).id.hex() if pixels.dtype == np.uint8 else "")
    return sorted(filter(None, found))


def _signature(path: Path) -> tuple[dict[str, Any] | None, str]:
    from taixu.generate.provenance.signing import read_signature

    try:
        found = read_signature(path)
    except TaixuError as error:  # the package for it is not here
        return None, str(error)
    return (None if found is None else asdict(found)), ""
