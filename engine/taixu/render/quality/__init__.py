"""Quality tiers: what a view draws with, from what software draws at speed to what takes its time."""

from taixu.render.quality.tiers import TIERS, Tier, tier_settings

__all__ = ["TIERS", "Tier", "tier_settings"]
