"""Mods in an editor without a window: what agents may not, what a world writes down, and which file a line speaks of."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from mod_packages import write_signed

from taixu.errors import TaixuError
from taixu.mods.packages.requests import Request
from taixu.mods.packages.secret_key import make_key
from taixu_editor.agents.tools import AgentTools
from taixu_editor.host import Host
from taixu_editor.mods.operations import enabled_settings
from taixu_editor.mods.words import grouped

YARD = Path(__file__).parents[2] / "ui" / "worlds" / "yard"
NET = '[capabilities.net]\nhosts = ["weather.example.org"]\nwhy = "wind"\n[capabilities.ui]\nwhy = "a sign"\n'


@pytest.fixture
def host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Host]:
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path / "user"))
    shutil.copytree(YARD, tmp_path / "yard")
    made = Host(trust=False)
    made.open(tmp_path / "yard")
    yield made
    made.close()


def test_what_is_installed_is_what_was_looked_at_and_agents_cannot(host: Host, tmp_path: Path) -> None:
    file = write_signed(tmp_path / "got", make_key(), "bob.wind", more=NET)
    found = host.do("mods.look", wanted=[str(file)])
    assert isinstance(found, dict)
    assert found["mods"][0]["id"] == "bob.wind" and not (host.mods.folder).exists()
    with pytest.raises(TaixuError, match="nobody has looked at this installation"):
        host.do("mods.install", agreed="0" * 64)
    host.do("mods.install", agreed=found["digest"], denied=["bob.wind:net", "bob.other:ui"])
    entry = host.mods.listing.find("bob.wind")
    assert entry is not None
    assert (entry.denied, entry.needs_consent, entry.version) == (("net",), False, "1.0.0") and entry.signer
    with pytest.raises(TaixuError, match="nobody has looked"):
        host.do("mods.install", agreed=found["digest"])
    reachable = {each["operation"] for each in AgentTools(host).list_operations()}
    assert {name for name in reachable if name.startswith("mods.")} == {"mods.enable"}
    with pytest.raises(TaixuError):
        AgentTools(host).apply([{"operation": "mods.install", "parameters": {"agreed": found["digest"]}}])
    host.do("mods.remove", ids=["bob.wind"])
    assert host.mods.listing.entries == ()


def test_an_alarm_has_to_be_agreed_to_by_name(host: Host, tmp_path: Path) -> None:
    for key, version in ((make_key(), "1.0.0"), (None, "1.1.0")):
        file = write_signed(tmp_path / "got", key, "bob.wind", version)
        found = host.do("mods.look", wanted=[str(file)])
        assert isinstance(found, dict)
        if key is None:
            with pytest.raises(TaixuError, match="signed by nobody"):
                host.do("mods.install", agreed=found["digest"])
        host.do("mods.install", agreed=found["digest"], accept=[] if key is not None else ["key"])
    entry = host.mods.listing.find("bob.wind")
    assert entry is not None
    assert (entry.version, entry.signer) == ("1.1.0", "")


def test_a_world_writes_down_only_what_is_not_as_usual() -> None:
    off = enabled_settings({}, "a.b", False)
    assert off == {"disabled": ["a.b"]} and enabled_settings(off, "a.b", True) == {}
    assert enabled_settings({"kept": 1}, "a.b", True, usual=False) == {"kept": 1, "enabled": ["a.b"]}


def test_a_new_mod_may_run_and_a_line_of_the_log_leads_to_its_file(host: Host) -> None:
    host.do("mods.new", id="anna.fish")
    entry = host.mods.listing.find("anna.fish")
    assert entry is not None
    assert not entry.needs_consent and entry.folder == host.mods.folder / "fish"
    file_of = host.mods.file_of
    assert file_of("anna.fish/main.py") == "mods/fish/main.py" and file_of("scripts/door.py") == "scripts/door.py"
    assert file_of("scripts/door.py@d0/door.py") == "scripts/door.py" and file_of("scripts/door.py@d0/help.py") == "scripts/help.py"
    assert host.do("mods.check", name="anna.fish") == []
    with pytest.raises(TaixuError, match="already"):
        host.do("mods.new", id="anna.fish")
    with pytest.raises(TaixuError, match="nothing is played"):
        host.do("mods.restart", name="anna.fish")


def test_columns_are_read_as_one_line() -> None:
    asks = [Request("net", "net"), *(Request(f"write:{name}", "") for name in ("light", "name")), Request("read:tags", "")]
    asks.append(Request("quota:ms", "more time"))
    assert [each.name for each in grouped(asks)] == ["net", "write:light, name", "read:tags", "quota:ms"]
