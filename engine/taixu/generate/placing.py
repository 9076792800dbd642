"""Files to where they were asked for: laid beside their places first, moved there when all are ready, with sidecars."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from taixu.assets.atomic import write_atomic
from taixu.assets.content_hash import content_hash, hash_bytes
from taixu.assets.sidecar import Provenance, Sidecar, read_sidecar, sidecar_path, write_sidecar
from taixu.errors import TaixuError, UsageError
from taixu.generate.cache import CachedFile
from taixu.generate.order import Order, Recipe
from taixu.generate.provenance.containers import with_record, without_record

__all__ = ["Laid", "Place", "lay_out", "remove_laid", "take_places"]

_SEEN_QUALITY, _DATA_QUALITY = 90, 92


@dataclass(frozen=True, slots=True)
class Place:
    """Where the files of a result go.

    Attributes
    ----------
    folder, name
        A folder, and what names begin with.
    ticket
        What names of unfinished files hold, so that whoever asked finds them.
    sign
        Whether pictures are signed.
    detached
        Whether signatures lie beside as ``NAME.c2pa`` instead of inside.
    dated
        Whether sidecars say when.
    jpeg
        The ending of pictures that are written as JPEG (``.jpg``): a fifth of the room; heights of 16 bits stay PNG.
    """

    folder: Path
    name: str
    ticket: str
    sign: bool = False
    detached: bool = False
    dated: bool = True
    jpeg: str = ""


@dataclass(frozen=True, slots=True)
class Laid:
    """Files at their places, and the moves that bring them there."""

    files: tuple[Path, ...]
    moves: tuple[tuple[Path, Path], ...]


def lay_out(place: Place, files: Sequence[CachedFile], order: Order, recipe: Recipe, licence: str) -> Laid:
    """Copy a result beside its places, signed where asked, each with its sidecar.

    Raises
    ------
    TaixuError
        When it cannot be written.
    """
    finals, moves = [], []
    try:
        place.folder.mkdir(parents=True, exist_ok=True)
        for number, each in enumerate(files):
            final = place.folder / f"{place.name}{each.path.name.removeprefix('made')}"
            provenance = each.provenance
            if place.jpeg == ".glb" and final.suffix == ".vrm":  # which is a GLB
                final = final.with_suffix(".glb")
            smaller = _as_jpeg(each) if place.jpeg and final.suffix == ".png" else None
            if smaller is None:
                laid = place.folder / f".{place.ticket}-{number}{final.suffix}"
                _copy(each.path, laid)
            else:
                final = final.with_suffix(place.jpeg)
                laid = place.folder / f".{place.ticket}-{number}{final.suffix}"
                provenance = _write_recorded(laid, smaller, provenance)
            moves.append((laid, final))
            if place.sign:
                moves += _signed(place, laid, final, provenance)
            beside = write_sidecar(laid, _sidecar_of(place, laid, final, provenance, order, recipe, licence))
            moves.append((beside, sidecar_path(final)))
            finals.append(final)
    except OSError as error:
        raise TaixuError(f"{place.folder}: cannot be written ({error.strerror or error}); what stood there is untouched") from error
    return Laid(tuple(finals), tuple(moves))


def _copy(source: Path, target: Path) -> None:
    """Copy a file onto the disk: it will stand for what was there before."""
    with source.open("rb") as read, target.open("wb") as written:
        shutil.copyfileobj(read, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())


def _as_jpeg(each: CachedFile) -> bytes | None:
    """A picture as JPEG; None for what a JPEG cannot hold: 16 bits, or what is seen through."""
    import numpy as np

    from taixu.assets.image import encode_jpeg, read_image
    from taixu.generate.provenance.marking import is_marked

    pixels = read_image(each.path)
    if pixels.dtype != np.uint8 or (pixels.shape[2] in (2, 4) and int(pixels[..., -1].min()) < 255):
        return None
    # Colours may be smooth where eyes do not look; in numbers, no channel may be coarser than another.
    is_seen = is_marked(each.provenance.role, is_color=each.provenance.kind == "texture")
    return encode_jpeg(pixels, quality=_SEEN_QUALITY if is_seen else _DATA_QUALITY)


def _write_recorded(path: Path, data: bytes, provenance: Provenance) -> Provenance:
    """Write a picture that was packed anew, with its record; gives that, for what stands in the file is another now."""
    found = replace(provenance, body=hash_bytes(without_record(path, data)))
    write_atomic(path, with_record(path, data, found))
    return found


def _signed(place: Place, laid: Path, final: Path, provenance: Provenance) -> list[tuple[Path, Path]]:
    from taixu.generate.provenance.signing import can_sign, sign_file

    if not can_sign(laid):
        return []
    beside = sign_file(laid, provenance, title=final.name, detached=place.detached)
    return [] if beside is None else [(beside, final.with_name(f"{final.name}.c2pa"))]


def _sidecar_of(
    place: Place, laid: Path, final: Path, provenance: Provenance, order: Order, recipe: Recipe, licence: str
) -> Sidecar:
    """What stands beside a file; what somebody wrote into the sidecar that is there stays."""
    with suppress(TaixuError):
        before = read_sidecar(final)
        if before is not None:
            before.content_hash = content_hash(laid)
            created = before.provenance.created if before.provenance.content == provenance.content else ""
            before.provenance = _placed(place, provenance, order, recipe, created)
            return before
    return Sidecar(
        content_hash=content_hash(laid), licence=licence,
        provenance=_placed(place, provenance, order, recipe, ""),
    )  # fmt: skip


def _placed(place: Place, provenance: Provenance, order: Order, recipe: Recipe, created: str) -> Provenance:
    """Provenance as a sidecar has it: parents by their paths from here, with what they held."""
    parents = [Path(os.path.relpath(Path(parent).resolve(), place.folder.resolve())).as_posix() for parent in order.parents]
    now = datetime.now(UTC).isoformat(timespec="seconds") if place.dated else ""
    return replace(
        provenance, parents=parents, parent_contents=dict(zip(parents, recipe.parent_contents)), created=created or now
    )  # fmt: skip


def take_places(moves: Sequence[tuple[Path, Path]]) -> None:
    """Move laid files to their places: all of them, or things stand as they stood before.

    Raises
    ------
    TaixuError
        When one cannot be moved.
    """
    new: list[Path] = []
    kept: list[tuple[Path, Path]] = []
    try:
        for laid, final in moves:
            was_there = final.exists()
            if was_there and not final.is_file():
                raise UsageError(f"{final}: is a folder, which a file cannot replace; name another place")
            if was_there:
                kept.append((_keep(final, laid.with_name(f"{laid.name}.old")), final))
            os.replace(laid, final)
            new += [] if was_there else [final]
    except (OSError, TaixuError) as error:
        for final in new:
            final.unlink(missing_ok=True)
        for old, final in kept:
            with suppress(OSError):
                os.replace(old, final)
        if isinstance(error, TaixuError):
            raise
        raise TaixuError(f"{error.filename}: cannot be written ({error.strerror or error})") from error
    for old, _ in kept:
        with suppress(OSError):
            old.unlink()


def _keep(file: Path, name: Path) -> Path:
    """Another name for what stands in a place, which is never without a file meanwhile."""
    name.unlink(missing_ok=True)
    try:
        os.link(file, name)
    except OSError:  # a file system without links
        shutil.copy2(file, name)
    return name


def remove_laid(place: Place) -> None:
    """Remove what was laid beside places and never got there."""
    with suppress(OSError):
        for each in place.folder.glob(f".{place.ticket}-*"):
            each.unlink(missing_ok=True)
        for each in place.folder.glob(f"..{place.ticket}-*"):  # what was half written of those
            each.unlink(missing_ok=True)
