"""Makes the sample `airspace`: blocks of a city, and a thousand drones over its streets."""

from __future__ import annotations
