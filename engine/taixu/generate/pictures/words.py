"""What words say of a surface that its picture does not: whether it is bare metal, how it shines, how deep it is."""

from __future__ import annotations

import re
from typing import Any

__all__ = ["surface_of_words"]

_METALS = re.compile(
    r"\b(?:metal(?:lic)?|steel|iron|alumini?um|copper|brass|bronze|gold(?:en)?|silver|chrome|titanium|zinc|tin|lead)\b|[金银铜铁钢铝锡锌铅铬钛]"
)
_COVERED = re.compile(r"\b(?:paint\w*|lacquer\w*|rust\w*|enamel\w*|plastic|colou?r(?:ed)?)\b|漆|锈|涂|塑料|金色|银色|金黄")
_SAID: tuple[tuple[re.Pattern[str], dict[str, float]], ...] = (
    (re.compile(r"\b(?:matte?|rough|dry|dusty|chalky)\b|粗糙|哑光|干燥"), {"roughness": 0.88}),
    (re.compile(r"\b(?:glossy|shiny|polished|wet|glazed|varnished|smooth)\b|光滑|光亮|抛光|湿|釉"), {"roughness": 0.25}),
    (re.compile(r"\b(?:flat|even|shallow)\b|平整|平坦"), {"height_strength": 0.4}),
    (re.compile(r"\b(?:deep|rugged|craggy|coarse)\b|凹凸|深"), {"height_strength": 2.0}),
)  # fmt: skip


def surface_of_words(prompt: str) -> dict[str, Any]:
    """Parameters of `MapParameters` that words mean, in English and Chinese: "polished brass", "粗糙的墙"."""
    text = prompt.casefold()
    found: dict[str, Any] = {}
    if _METALS.search(text) and not _COVERED.search(text):
        found |= {"metallic": 1.0, "roughness": 0.35}
    for pattern, means in _SAID:
        if pattern.search(text):
            found |= means
    return found
