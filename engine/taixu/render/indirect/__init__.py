"""Indirect light: probes that look around with rays, and what surfaces take from them."""

from __future__ import annotations

from taixu.render.indirect.feature import IndirectFeature, has_probes

__all__ = ["IndirectFeature", "has_probes"]
