"""Mods from words: what a sentence asks for, as a mod that a person would like to read.

Three steps, each in files of its own: `reading` turns words (English, Chinese) into a `Wish`, which is data; `composing` turns a
wish into sources and a manifest that asks for no more than they need; `generator` stands behind ``taixu generate script``. No model
is needed for that. What was not understood is part of the answer, and never guessed at. `language` is the other author: a
language model of the user's, whose answers are believed nothing.
"""

from __future__ import annotations

__all__: list[str] = []
