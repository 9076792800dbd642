"""Packages of mods: what a mod is as files, who signed it, where it comes from, and what its user agreed to.

A package is its contents: a hash over sorted names and hashes names it, zips only carry it. Everything that comes from
outside is read under caps and believed only as far as signatures, pins and the user's own consents go; those lie in the
user's folder, never in a project that somebody sent. Nothing here runs a mod: `taixu.mods` does.
"""

from __future__ import annotations

__all__: list[str] = []
