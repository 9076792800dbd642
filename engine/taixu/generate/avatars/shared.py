"""What all people have in common, read ahead."""

from __future__ import annotations

from importlib import import_module

__all__ = ["read_shared"]

_MODULES = ("numpy.ma", "numpy.random", "PIL.Image", "taixu.assets.gltf", "taixu.generate.avatars.generator")
"""What is else imported on the way (numpy's own by ``np.unique`` and by chance)."""


def read_shared(prompt: str) -> None:
    """Import what makes a cartoon, or a person, as words want it; for a person, read the body's data, its charts, masks of skin."""
    for name in _MODULES:
        import_module(name)
    from taixu.generate.avatars.cartoon.words import is_cartoon

    if is_cartoon(prompt):
        import_module("taixu.generate.avatars.cartoon.making")
        return
    import_module("taixu.generate.avatars.outfits")
    import_module("taixu.generate.avatars.making")
    from taixu.generate.avatars.asset import people_data
    from taixu.generate.avatars.charts import skin_chart
    from taixu.generate.avatars.skin import skin_masks

    people_data()
    for part in ("head", "body"):
        skin_chart(part)
        skin_masks(part)
