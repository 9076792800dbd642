"""What the documentation shows works: Python blocks run as pasted, also those for the editor, commands are understood, links lead
somewhere.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from taixu.cli.commands import BUILT_IN, find_command
from taixu.cli.parser import make_parser

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "samples").glob("*/README.md")])
BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```", re.M | re.S)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def blocks(page: Path, language: str) -> list[tuple[str, str]]:
    """What follows the language (as in ``python script``), and the text, of each block."""
    found = BLOCK.findall(page.read_text(encoding="utf-8"))
    return [(more.strip(), text) for name, more, text in found if name == language]


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=name)
def test_python_runs_as_pasted(page: Path, tmp_path: Path) -> None:
    """The blocks of a page are one program, run where `samples` is at hand; scripts need only compile."""
    program = []
    for kind, text in blocks(page, "python"):
        if kind in ("script", "editor", "agent") or "import game" in text:
            compile(text, str(page), "exec")
        else:
            program.append(text)
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(program)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=300,
        env=os.environ | {"PYTHONWARNINGS": "error::DeprecationWarning:__main__"},
    )
    assert done.returncode == 0, done.stderr


def commands() -> list[tuple[str, str]]:
    """Each line that calls ``taixu`` in a shell block, with its page."""
    return [
        (name(page), line.strip())
        for page in PAGES
        for _, text in blocks(page, "sh")
        for line in text.splitlines()
        if line.startswith("taixu ")
    ]


@pytest.mark.parametrize(("page", "line"), commands())
def test_commands_are_understood(page: str, line: str) -> None:
    words = shlex.split(line, comments=True)
    assert words[1] in BUILT_IN, f"{page} calls {line}"
    make_parser(words[1], find_command(words[1])).parse_args(words[2:])


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if not target.startswith(("http://", "https://", "mailto:")):
            assert (page.parent / target).exists(), f"{name(page)} links to {target}"
