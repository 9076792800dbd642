"""Agents at the same world: the registry of operations as a Model Context Protocol server.

An agent queries the world, takes a picture, rehearses a batch of edits and sees it as a difference, and applies it as one
step that a person can undo. It listens on loopback, asks for a token, and does nothing that nobody consented to.
"""

from __future__ import annotations

from taixu_editor.agents.bridge import Bridge
from taixu_editor.agents.consent import TOOLS, Answer, Consent, Request
from taixu_editor.agents.server import AgentServer
from taixu_editor.agents.tools import AgentTools, Applied

__all__ = ["TOOLS", "AgentServer", "AgentTools", "Answer", "Applied", "Bridge", "Consent", "Request"]
