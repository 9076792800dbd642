"""Indirect light: probes that look around with rays, and what surfaces take from them."""

from __future__ import annotations

from taixu.render.indirect.baked import BakedProbes, decode_probes, encode_probes, read_probes
from taixu.render.indirect.feature import IndirectFeature, has_probes

__all__ = ["BakedProbes", "IndirectFeature", "decode_probes", "encode_probes", "has_probes", "read_probes"]
