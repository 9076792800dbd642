"""What all people have in common, read ahead."""

from __future__ import annotations

from importlib import import_module

__all__ = ["read_shared"]

_MODULES = (
    "numpy.ma", "numpy.random", "PIL.Image", "taixu.assets.gltf", "taixu.generate.avatars.cartoon.making",
    "taixu.generate.avatars.generator", "taixu.generate.avatars.making", "taixu.generate.avatars.outfits",
)  # fmt: skip
"""What is else imported on the way (numpy's own by ``np.unique`` and by chance)."""


def read_shared() -> None:
    """Read the body's data and its charts, masks of skin, and import what makes people."""
    for name in _MODULES:
        import_module(name)
    from taixu.generate.avatars.asset import people_data
    from taixu.generate.avatars.charts import skin_chart
    from taixu.generate.avatars.skin import skin_masks

    people_data()
    for part in ("head", "body"):
        skin_chart(part)
        skin_masks(part)
