"""Mods by a language model of the user's: one that speaks OpenAI's protocol over HTTP, on this machine or behind https.

What comes back is somebody else's text. It is bounded in size and time, parsed (`answers`), checked as every mod is, sent back with
the checker's errors at most twice, and runs nowhere but in the box. The manifest is written anew from what it asks for.
"""

from __future__ import annotations

__all__: list[str] = []
