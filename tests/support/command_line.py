"""Runs the program as a user does: in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

__all__ = ["taixu", "taixu_json"]


def taixu(
    *words: str | Path, timeout_secs: float = 120, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run ``taixu WORDS`` and give what it printed and its exit status."""
    return subprocess.run(
        [sys.executable, "-m", "taixu", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=timeout_secs,
        cwd=cwd,
        env=os.environ | environment,
    )


def taixu_json(*words: str | Path, status: int = 0, **options: Any) -> dict[str, Any]:
    """Run ``taixu WORDS --json``: standard output is one JSON object, the exit status the one named."""
    done = taixu(*words, "--json", **options)
    assert done.returncode == status, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
