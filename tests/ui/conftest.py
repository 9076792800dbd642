"""Flows say at the end where the editor stood still longest."""

from __future__ import annotations

import pytest
from flow_stalls import FlowStalls


def pytest_configure(config: pytest.Config) -> None:
    if not config.pluginmanager.has_plugin("flow_stalls"):
        config.pluginmanager.register(FlowStalls(), "flow_stalls")
