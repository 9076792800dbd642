"""What all people have in common, read ahead."""

from __future__ import annotations

__all__ = ["read_shared"]


def read_shared() -> None:
    """Read the body's data and its charts, masks of skin, and import what makes people."""
    import taixu.generate.avatars.making
    import taixu.generate.avatars.outfits  # noqa: F401
    from taixu.generate.avatars.asset import people_data
    from taixu.generate.avatars.charts import skin_chart
    from taixu.generate.avatars.skin import skin_masks

    people_data()
    for part in ("head", "body"):
        skin_chart(part)
        skin_masks(part)
