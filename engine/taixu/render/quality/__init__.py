"""Quality tiers: what a view draws with, from what software draws at speed to what takes its time."""

from taixu.render.quality.costs import OPTION_PASSES, OTHER, option_of, options_of, passes_by_option
from taixu.render.quality.tiers import BUDGET_MS, TIERS, Tier, tier_settings

__all__ = [
    "BUDGET_MS", "OPTION_PASSES", "OTHER", "TIERS", "Tier", "option_of", "options_of", "passes_by_option", "tier_settings",
]
