"""Connectors: where readings come from. Each lives in a thread of its own and leaves batches in the inbox; plugins bring more."""

from __future__ import annotations

from taixu.twin.connectors.connector import Connector, Connectors, Link, Status, open_sources

__all__ = ["Connector", "Connectors", "Link", "Status", "open_sources"]
