"""The examples of the guide's page on automation run: scripts, JSON lines, a client of an agent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from taixu_editor.headless import run_script, save_log
from taixu_editor.host import Host

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "guide" / "automation.md"
BLOCK = re.compile(r"^```([^\n]+)\n(.*?)^```", re.M | re.S)


def blocks(kind: str) -> list[str]:
    return [text for name, text in BLOCK.findall(PAGE.read_text(encoding="utf-8")) if name == kind]


@pytest.mark.parametrize(("ending", "number"), [(".py", 0), *((".jsonl", i) for i in range(len(blocks("jsonl"))))])
def test_scripts_run_and_their_logs_do_it_again(ending: str, number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / f"build{ending}"
    script.write_text(blocks("python editor" if ending == ".py" else "jsonl")[number], encoding="utf-8")
    world = ROOT / "samples" / "gallery"
    monkeypatch.chdir(tmp_path)
    host = run_script(script, world=world)
    done = save_log(host, tmp_path / "done.jsonl")
    again = run_script(done, world=world)
    try:
        assert len(host.operations.log) >= 2
        assert again.session.world.state_hash() == host.session.world.state_hash()
    finally:
        host.close()
        again.close()


def test_the_client_builds_and_undoes() -> None:
    pytest.importorskip("mcp", reason='agents are not installed; pip install "taixu[editor]"')
    from agent_visit import visited

    from taixu_editor.agents import Consent

    names: dict[str, Any] = {}
    exec(compile(blocks("python agent")[0], str(PAGE), "exec"), names)  # noqa: S102 - the page is our own
    host, consent = Host(), Consent()
    consent.allow(["all"])
    host.open("samples/gallery")
    before = host.session.world.state_hash()
    try:
        visited(host, consent, names["build"])
        assert host.session.world.state_hash() == before
        assert len(host.session.history.steps[1]) == 1, "it was done, and undone"
    finally:
        host.close()
