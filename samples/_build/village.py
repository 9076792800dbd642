"""The sample `village`: a fishing village from words, small enough to ship: fewer plants, people of a coarser level."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PIL import Image as Pictures

from taixu.assets.gltf import write_glb
from taixu.assets.model import Image, ModelData, Scene
from taixu.generate.avatars import crowd, make_avatar
from taixu.generate.request import Request
from taixu.generate.worlds import WorldSpec, plan_of_words
from taixu.generate.worlds.generator import WorldGenerator

__all__ = ["PROMPT", "SEED", "build_village"]

PROMPT = "a small fishing village, afternoon"
SEED = 4
_FACES = 5
_MODELS = ("source", "model", "sky", "weights", "relief", *(f"{kind}_{k}" for kind in ("color", "normal") for k in range(1, 6)))
_SCRIPTS = ("walk.py", "door.py")
_PLANTS = ("oak", "grass", "flowers")
"""The others take room and are seen little."""


def build_village(folder: Path, keep: Callable[[Path, bytes], None]) -> None:
    """Write the sample's world, script and assets; `keep` writes an asset with its sidecar."""
    spec = WorldSpec(**{
        **plan_of_words(PROMPT).values, "houses": 9, "people": 9, "faces": 2, "rocks": 0.0, "size_m": 320.0, "texture_px": 64,
        "sky_px": 384,
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as place:
        made = Path(place)
        WorldGenerator().generate(Request(PROMPT, SEED, spec, made), lambda *_, **__: None)
        document = json.loads((made / "place.world.json").read_text())
        gone = [file.stem.removeprefix("plant_") for file in made.glob("plant_*.glb")
            if file.stem.removeprefix("plant_") not in _PLANTS]
        entities = {key: each for key, each in document["entities"].items()
            if each["name"]["text"] not in {f"plants: {kind}" for kind in gone}}
        used: set[str] = set()
        people = [each for each in entities.values() if str(each.get("model", {}).get("source", "")).startswith("person_")]
        for number, each in enumerate(sorted(people, key=lambda each: each["name"]["text"] not in ("somebody who talks",
            "somebody who answers"))):
            talks = each["name"]["text"].startswith("somebody")
            each["model"].pop("variant", None)  # coarse ones have one look
            each["model"]["source"] = f"person_{number + 1 if talks else 3 + number % (_FACES - 2)}.glb"
        for each in entities.values():
            _moved(each, made, used)
        for name in [name for name in used if name.endswith(".gltf")]:  # what lies beside a model belongs to it
            parts = json.loads((made / name).read_text())
            used.update(each["uri"] for kind in ("buffers", "images") for each in parts.get(kind, ()) if "uri" in each)
        document["entities"] = entities
        assets = folder / "assets"
        assets.mkdir(parents=True, exist_ok=True)
        for name in sorted(used):
            if not name.startswith("person_"):
                keep(assets / name, (made / name).read_bytes())
        scripts = folder / "scripts"
        scripts.mkdir(exist_ok=True)
        for name in _SCRIPTS:
            (scripts / name).write_bytes((made / name).read_bytes())
    for number, person in enumerate(crowd(_FACES, seed=SEED, style="harbour")):
        model = _lean(make_avatar(person), 0)
        path = assets / f"person_{number + 1}.glb"
        write_glb(model, path)
        keep(path, path.read_bytes())
    (folder / "worlds").mkdir(exist_ok=True)
    (folder / "worlds" / "main.world.json").write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _moved(entity: dict[str, Any], made: Path, used: set[str]) -> None:
    """Paths into the sample's folders."""
    for components in entity.values():
        for name in _MODELS:
            value = components.get(name)
            if isinstance(value, str) and value and "/" not in value and (value.startswith("person_") or (made / value).is_file()):
                used.add(value)
                components[name] = f"assets/{value}"
        if components.get("path") in _SCRIPTS:
            components["path"] = f"scripts/{components['path']}"


def _lean(model: ModelData, level: int) -> ModelData:
    """A person whose finest level is a coarser one."""
    looks = next(node for node in model.nodes if "MSFT_lod" in node.extensions)
    coarse = model.nodes[looks.extensions["MSFT_lod"]["ids"][level]]
    first = model.nodes[looks.children[0]]
    first.mesh, first.skin = coarse.mesh, coarse.skin
    for child in looks.children[1:]:
        model.nodes[child].mesh = model.nodes[child].skin = None
    looks.extensions, looks.extras = {}, None
    mesh = model.meshes[first.mesh if first.mesh is not None else 0]
    for node in model.nodes:
        if node is not first:
            node.mesh = node.skin = None
    first.mesh = 0
    model.meshes = [mesh]
    model.scenes, model.scene = model.scenes or [Scene(nodes=[0])], 0
    if model.avatar is not None:
        model.avatar.expressions = {}
        model.avatar.springs = []
    _keep_used(model)
    return model


def _keep_used(model: ModelData) -> None:
    """Materials and pictures that are used, pictures half as large."""
    numbers = sorted({part.material for part in model.meshes[0].primitives if part.material is not None})
    for part in model.meshes[0].primitives:
        part.material = None if part.material is None else numbers.index(part.material)
    model.materials = [model.materials[number] for number in numbers]
    refs = [ref for material in model.materials for _, ref in material.texture_refs()]
    textures = sorted({ref.texture for ref in refs})
    model.textures, images = [model.textures[number] for number in textures], model.images
    seen: set[int] = set()
    for ref in refs:
        if id(ref) not in seen:  # materials may share one
            seen.add(id(ref))
            ref.texture = textures.index(ref.texture)
    pictures = sorted({texture.image for texture in model.textures if texture.image is not None})
    model.images = [_smaller(images[number]) for number in pictures]
    for texture in model.textures:
        texture.image = None if texture.image is None else pictures.index(texture.image)


def _smaller(image: Image) -> Image:
    picture = Pictures.open(BytesIO(bytes(image.data or b"")))
    if max(picture.size) > 128:
        picture = picture.resize((picture.width // 2, picture.height // 2), Pictures.Resampling.LANCZOS)
    out = BytesIO()
    if picture.mode in ("RGBA", "LA", "P"):
        picture.save(out, "PNG", optimize=True)
        return Image(name=image.name, data=out.getvalue(), mime="image/png")
    picture.convert("RGB").save(out, "JPEG", quality=82)
    return Image(name=image.name, data=out.getvalue(), mime="image/jpeg")
