"""Images, samplers, textures, and a material's references to them. No image is decoded here."""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path
from typing import TypeVar

from taixu.assets.gltf.buffers import Buffers
from taixu.assets.gltf.extensions import IMAGE_EXTENSIONS
from taixu.assets.gltf.fields import Fields
from taixu.assets.gltf.uris import parse_data_uri
from taixu.assets.texture import Filter, Image, Sampler, Texture, TextureRef, Wrap

__all__ = ["read_image", "read_sampler", "read_texture", "read_texture_ref", "sniff_mime"]

TRANSFORM = "KHR_texture_transform"
_SIGNATURES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\xabKTX 20\xbb\r\n\x1a\n", "image/ktx2"),
    (b"DDS ", "image/vnd-ms.dds"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)
_E = TypeVar("_E", bound=IntEnum)


def sniff_mime(head: bytes) -> str:
    """Name an image's type by its first bytes (12 are enough); empty where they say nothing."""
    for signature, mime in _SIGNATURES:
        if head.startswith(signature):
            return mime
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return "image/avif" if head[4:12] in (b"ftypavif", b"ftypavis") else ""


def read_image(fields: Fields, buffers: Buffers) -> Image:
    """Read an image: its encoded bytes, or the path of its file.

    Raises
    ------
    GltfError
        It lies outside the model's folder or on the network, or it names no bytes at all.
    """
    image = Image(name=fields.name, extras=fields.extras, extensions=fields.other_extensions())
    declared = fields.text("mimeType")
    if "uri" in fields:
        _find_file(image, fields, buffers)
        if "bufferView" in fields:
            fields.report.error(fields.where, "the image has both a URI and a buffer view")
    elif "bufferView" in fields:
        image.data = buffers.view(fields.need("bufferView", "bufferViews"))
        if not declared:
            fields.report.error(fields.where, "an image in a buffer view needs a mimeType")
    else:
        raise fields.fail("", "the image has neither a URI nor a buffer view")
    head = _read_head(image, fields)
    image.mime = sniff_mime(head) or declared or image.mime
    needed = next((name for name, mime in IMAGE_EXTENSIONS.items() if mime == image.mime), "")
    if needed and needed not in fields.schema.declared:
        fields.report.error(fields.where, f"{image.mime} needs the extension {needed}, which is not declared")
    if declared and head and image.mime != declared:
        fields.report.error(fields.where, f"the image is {image.mime}, though it says {declared[:40]}")
    return image


def _find_file(image: Image, fields: Fields, buffers: Buffers) -> None:
    uri = fields.text("uri")
    try:
        if uri.startswith("data:"):
            image.mime, image.data = parse_data_uri(uri)
            return
        found = buffers.locate(uri)
    except (ValueError, OSError, RuntimeError) as error:
        raise fields.fail("uri", str(error)) from None
    image.uri = uri
    if isinstance(found, Path):
        image.path = found
        image.name = image.name or found.stem
    else:
        image.data = found


def _read_head(image: Image, fields: Fields) -> bytes:
    if image.path is None:
        return bytes(image.data[:12]) if image.data is not None else b""
    try:
        with image.path.open("rb") as file:
            return file.read(12)
    except OSError:
        fields.report.error(fields.where, f"the image '{image.uri[:80]}' is missing; put the file beside the model")
        return b""


def read_sampler(fields: Fields) -> Sampler:
    """Read how a texture is filtered and repeated."""
    magnify, minify = _read_enum(fields, "magFilter", Filter), _read_enum(fields, "minFilter", Filter)
    if magnify is not None and magnify > Filter.LINEAR:
        fields.report.error(fields.at("magFilter"), f"{magnify:d} only minifies")
        magnify = Filter.LINEAR
    return Sampler(
        mag_filter=magnify,
        min_filter=minify,
        wrap_s=_read_enum(fields, "wrapS", Wrap) or Wrap.REPEAT,
        wrap_t=_read_enum(fields, "wrapT", Wrap) or Wrap.REPEAT,
        name=fields.name,
        extras=fields.extras,
        extensions=fields.other_extensions(),
    )


def _read_enum(fields: Fields, name: str, kind: type[_E]) -> _E | None:
    if name not in fields:
        return None
    value = fields.integer(name)
    if value not in kind.__members__.values():
        fields.report.error(fields.at(name), f"{value} is none of {', '.join(str(int(item)) for item in kind)}")
        return None
    return kind(value)


def read_texture(fields: Fields) -> Texture:
    """Read a texture; the image of an extension comes before the plain one, which stays as the fallback."""
    texture = Texture(
        sampler=fields.index("sampler", "samplers"),
        name=fields.name,
        extras=fields.extras,
        extensions=fields.other_extensions(*IMAGE_EXTENSIONS),
    )
    plain = fields.index("source", "images")
    for name in IMAGE_EXTENSIONS:
        extension = fields.extension(name)
        if extension is not None:
            texture.image = extension.need("source", "images")
            texture.fallback = plain
            return texture
    texture.image = plain
    return texture


def read_texture_ref(fields: Fields, name: str, strength: str = "") -> TextureRef | None:
    """Read a textureInfo and its ``KHR_texture_transform``; `strength` names its extra factor."""
    info = fields.object(name)
    if info is None:
        return None
    ref = TextureRef(
        texture=info.need("index", "textures"),
        texcoord=info.integer("texCoord", 0, maximum=63),
        strength=info.number(strength, 1.0) if strength else 1.0,
        extras=info.extras,
        extensions=info.other_extensions(TRANSFORM),
    )
    transform = info.extension(TRANSFORM)
    if transform is not None:
        ref.offset = _pair(transform, "offset", (0.0, 0.0))
        ref.scale = _pair(transform, "scale", (1.0, 1.0))
        ref.rotation_rad = transform.number("rotation", 0.0)
        ref.texcoord = transform.integer("texCoord", ref.texcoord, maximum=63)
    return ref


def _pair(fields: Fields, name: str, default: tuple[float, float]) -> tuple[float, float]:
    first, second = fields.numbers(name, default)
    return first, second
