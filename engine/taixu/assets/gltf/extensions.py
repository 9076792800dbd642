"""The extensions that Taixu reads, and those that it hands on untouched."""

from __future__ import annotations

__all__ = ["IMAGE_EXTENSIONS", "KNOWN_EXTENSIONS", "MATERIAL_EXTENSIONS", "is_supported"]

MATERIAL_EXTENSIONS = frozenset(
    f"KHR_materials_{name}"
    for name in (
        "anisotropy", "clearcoat", "diffuse_transmission", "dispersion", "emissive_strength", "ior",
        "iridescence", "pbrSpecularGlossiness", "sheen", "specular", "transmission", "unlit", "volume",
    )
) | {"VRMC_materials_mtoon"}  # fmt: skip
"""Extensions of a material that become typed parameters."""

IMAGE_EXTENSIONS = {
    "KHR_texture_basisu": "image/ktx2",
    "EXT_texture_webp": "image/webp",
    "EXT_texture_avif": "image/avif",
    "MSFT_texture_dds": "image/vnd-ms.dds",
}
"""Extensions of a texture that name another image, with the type of that image; the best first."""

KNOWN_EXTENSIONS = (
    MATERIAL_EXTENSIONS
    | IMAGE_EXTENSIONS.keys()
    | {
        "EXT_mesh_gpu_instancing", "EXT_meshopt_compression", "KHR_animation_pointer",
        "KHR_draco_mesh_compression", "KHR_lights_punctual", "KHR_materials_variants",
        "KHR_mesh_quantization", "KHR_meshopt_compression", "KHR_node_visibility", "KHR_texture_transform",
    }
)  # fmt: skip
"""Extensions that become typed data; every other one is kept raw."""


def is_supported(name: str) -> bool:
    """Whether a file may require the extension: it is read, or (VRM, tables) only adds to the model."""
    adding = ("VRM", "KHR_xmp_json_ld", "EXT_structural_metadata", "EXT_mesh_features", "EXT_instance_features")
    return name in KNOWN_EXTENSIONS or name.startswith("VRMC_") or name in adding
