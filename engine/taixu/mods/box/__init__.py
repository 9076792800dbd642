"""Runs Python source in WebAssembly, in a locked-down process: bytes and columns go in and out."""

from __future__ import annotations

__all__: list[str] = []
