"""Layers as files: beside one picture, or in a folder of frames that loaders read (COCO's annotations, a camera a frame)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from taixu.assets.atomic import atomic_path, write_atomic
from taixu.assets.exr import write_exr
from taixu.assets.image import encode_png
from taixu.errors import TaixuError, UsageError
from taixu.render.datasets.layers import LAYERS, Frame, camera_facts
from taixu.render.datasets.things import Thing, ThingFinder
from taixu.render.pictures import Picture

__all__ = ["BesidePicture", "DatasetFolder", "Writer", "run_lengths"]


class Writer(Protocol):
    """Who keeps frames."""

    def add(self, frame: Frame, finder: ThingFinder, *, picture: Picture, hdr: NDArray[np.float32] | None, secs: float) -> None:
        """Write a frame: its picture, `hdr` where it is wanted, and its layers; `secs` is the world's time."""

    def finish(self) -> None:
        """All frames are there."""


class BesidePicture:
    """``shot.png`` with ``shot.depth.exr``, ``shot.ids.png`` and so on beside it, and ``shot.json``: camera, and things by id."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: list[Path] = []

    def add(self, frame: Frame, finder: ThingFinder, *, picture: Picture, hdr: NDArray[np.float32] | None, secs: float) -> None:
        """Write the picture and its layers."""
        things = _write_layers(frame, finder, hdr, {name: self._named(name) for name in LAYERS}, self.files)
        with atomic_path(self.path) as unfinished:
            picture.save(unfinished)
        about = _facts(frame, things, secs) | {"picture": self.path.name, "layers": _told(frame, hdr)}
        path = self.path.with_suffix(".json")
        _write_json(path, about)
        self.files.append(path)

    def finish(self) -> None:
        """Nothing is left to do."""

    def _named(self, name: str) -> Path:
        return self.path.with_name(f"{self.path.stem}.{name}")


class DatasetFolder:
    """A folder of frames: ``color/000000.png`` and a folder a layer, ``frames/000000.json`` (camera, and things by id), and
    ``annotations.json`` as COCO has it, with masks by run lengths, where ids are wanted.

    Raises
    ------
    UsageError
        When the folder is there and has something in it.
    """

    def __init__(self, root: Path) -> None:
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise UsageError(f"{root} has something in it already; name a new folder")
        self.root = root
        self.files: list[Path] = []
        self._images: list[dict[str, Any]] = []
        self._found: list[tuple[int, Thing, list[int]]] = []
        self._size = (0, 0)

    def add(self, frame: Frame, finder: ThingFinder, *, picture: Picture, hdr: NDArray[np.float32] | None, secs: float) -> None:
        """Write the next frame."""
        number = len(self._images)
        stem = f"{number:06d}"
        paths = {name: self.root / name / stem for name in LAYERS}
        things = _write_layers(frame, finder, hdr, paths, self.files, masks=self._keep_mask)
        color = self.root / "color" / f"{stem}.png"
        _folder(color)
        write_atomic(color, encode_png(picture.bytes8()))
        _write_json(self.root / "frames" / f"{stem}.json", _facts(frame, things, secs) | {"layers": _told(frame, hdr)})
        self._size = frame.size
        width, height = frame.size
        self._images.append({"id": number + 1, "file_name": f"color/{stem}.png", "width": width, "height": height})

    def _keep_mask(self, thing: Thing, ids: NDArray[np.uint16]) -> None:
        self._found.append((len(self._images) + 1, thing, run_lengths(ids == thing.id)))

    def finish(self) -> None:
        """Write the annotations, which tell that the folder is whole."""
        names = sorted({thing.category for _, thing, _ in self._found})
        numbers = {name: place + 1 for place, name in enumerate(names)}
        width, height = self._size
        annotations = [
            {
                "id": place + 1, "image_id": image, "category_id": numbers[thing.category], "bbox": list(thing.box_px),
                "area": thing.pixels, "segmentation": {"counts": counts, "size": [height, width]}, "iscrowd": 0, "thing": thing.id,
            }
            for place, (image, thing, counts) in enumerate(self._found)
        ]  # fmt: skip
        categories = [{"id": number, "name": name} for name, number in numbers.items()]
        path = self.root / "annotations.json"
        _write_json(path, {"images": self._images, "annotations": annotations, "categories": categories})
        self.files.append(path)


def run_lengths(mask: NDArray[np.bool_]) -> list[int]:
    """COCO's run lengths of a mask [h, w]: how many pixels are out, in, out ..., down the columns from the left."""
    flat = mask.T.ravel()
    ends = np.flatnonzero(flat[1:] != flat[:-1]) + 1
    edges = np.concatenate([[0], ends, [len(flat)]])
    counts: list[int] = np.diff(edges).tolist()
    return [0, *counts] if len(flat) and flat[0] else counts


def _write_layers(
    frame: Frame, finder: ThingFinder, hdr: NDArray[np.float32] | None, paths: Mapping[str, Path], files: list[Path], *,
    masks: Any = None,
) -> list[Thing]:  # fmt: skip
    """Write what the frame has, each under its path and the ending that it takes; gives the things in it."""
    layers = {**frame.layers, **({} if hdr is None else {"hdr": hdr})}
    for name, pixels in sorted(layers.items()):
        path = paths[name].with_name(f"{paths[name].name}.exr")
        _folder(path)
        if name == "motion":  # EXR has no pictures of two channels that others read
            pixels = np.concatenate([pixels, np.zeros_like(pixels[..., :1])], -1)
        write_exr(path, pixels, text={"taixu": LAYERS[name]})
        files.append(path)
    if frame.handles is None:
        return []
    ids, things = finder.find(frame.handles)
    path = paths["ids"].with_name(f"{paths['ids'].name}.png")
    _folder(path)
    write_atomic(path, encode_png(ids[..., None]))
    files.append(path)
    for thing in things if masks is not None else ():
        masks(thing, ids)
    return things


def _facts(frame: Frame, things: list[Thing], secs: float) -> dict[str, Any]:
    return {"secs": secs, "camera": camera_facts(frame.camera, frame.size), "things": [thing.facts() for thing in things]}


def _told(frame: Frame, hdr: NDArray[np.float32] | None) -> dict[str, str]:
    names = {*frame.layers, *(() if hdr is None else ("hdr",)), *(() if frame.handles is None else ("ids",))}
    return {name: LAYERS[name] for name in LAYERS if name in names}


def _write_json(path: Path, about: Mapping[str, Any]) -> None:
    try:
        text = json.dumps(about, allow_nan=False, ensure_ascii=False)
    except ValueError as error:
        raise TaixuError(f"{path} is not written: a number of the camera or of a thing's place is not finite") from error
    _folder(path)
    write_atomic(path, text + "\n")


def _folder(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
