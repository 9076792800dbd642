"""Where there is no Linux: what is reported is what the system's calls returned, never more. The calls themselves are played."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mod_worlds import STEP, hosts, mod_app, mod_lines
from waiting import HANG_SECS, until

from taixu.errors import MachineError
from taixu.mods.box import Box
from taixu.mods.box.job import Job
from taixu.mods.box.lockdown import Plan, describe_gaps, macos, windows
from taixu.mods.grants import Grants
from taixu.mods.packages.package import read_package
from taixu.mods.packages.project_mods import Loadable
from taixu.mods.playing import ModsPlugin

CHILD = Path(__file__).parents[3] / "support" / "elsewhere_child.py"
SAMPLE = Path(__file__).parents[4] / "samples" / "mods" / "mods" / "score_board"

PLAN = Plan(socket_fd=3)


class Library:
    """Functions that note their calls and return what is wanted."""

    def __init__(self, answers: dict[str, int], calls: list[tuple[str, tuple[Any, ...]]]) -> None:
        self._answers = answers
        self._calls = calls
        self._functions: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        if name not in self._functions:

            def function(*arguments: Any) -> int:
                self._calls.append((name, arguments))
                return self._answers.get(name, 1)

            self._functions[name] = function
        return self._functions[name]


def play(monkeypatch: pytest.MonkeyPatch, **answers: int) -> list[tuple[str, tuple[Any, ...]]]:
    calls: list[tuple[str, tuple[Any, ...]]] = []
    library = Library(answers, calls)
    monkeypatch.setattr(ctypes, "WinDLL", lambda *_, **__: library, raising=False)
    monkeypatch.setattr(ctypes, "CDLL", lambda *_, **__: library)
    monkeypatch.setattr(ctypes, "WinError", lambda code: OSError(code, "Access is denied"), raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 5, raising=False)
    return calls


@pytest.mark.parametrize(("answer", "stands"), [(0, True), (-1, False)])
def test_seatbelt_stands_where_the_call_said_so(monkeypatch: pytest.MonkeyPatch, answer: int, stands: bool) -> None:
    calls = play(monkeypatch, sandbox_init=answer)
    layer = macos._enter_sandbox()
    assert (layer.name, layer.stands) == ("sandbox", stands)
    assert calls[0][1][0] == b"(version 1)\n(deny default)\n"
    assert ("sandbox" in describe_gaps([layer])) is not stands


def test_windows_always_tells_of_its_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    calls = play(monkeypatch)
    monkeypatch.setattr(windows, "_remove_privileges", lambda *_: None)
    layers = windows.prepare(PLAN)
    assert {layer.name: layer.stands for layer in layers} == {"token": True, "mitigations": True, "files and network": False}
    assert "use the network" in describe_gaps(layers)
    label = next(arguments for name, arguments in calls if name == "SetTokenInformation")
    assert (label[1], label[3]) == (25, 2 * ctypes.sizeof(ctypes.c_void_p))
    policies = [arguments[0] for name, arguments in calls if name == "SetProcessMitigationPolicy"]
    assert policies == [2, 3, 6, 10, 13]


def test_windows_reports_what_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    play(monkeypatch, OpenProcessToken=0, SetProcessMitigationPolicy=0)
    layers = {layer.name: layer for layer in windows.prepare(PLAN)}
    assert not layers["token"].stands
    assert "Access is denied" in layers["token"].detail
    assert not layers["mitigations"].stands
    assert "refused: no new code" in layers["mitigations"].detail


@pytest.mark.parametrize("failing", ["", "CreateJobObjectW", "SetInformationJobObject", "AssignProcessToJobObject"])
def test_a_job_stands_only_when_all_of_it_does(monkeypatch: pytest.MonkeyPatch, failing: str) -> None:
    calls = play(monkeypatch, **({failing: 0} if failing else {}))
    job = Job(42, 1 << 30)
    assert job.layer.stands == (failing == "")
    job.close()
    job.close()
    assert [name for name, _ in calls].count("CloseHandle") == (0 if failing == "CreateJobObjectW" else 1)
    if not failing:
        limits = next(arguments[2] for name, arguments in calls if name == "SetInformationJobObject")
        assert len(limits) == 144  # JOBOBJECT_EXTENDED_LIMIT_INFORMATION with 64-bit addresses
        assert int.from_bytes(limits[16:20], "little") == 0x2508
        assert int.from_bytes(limits[40:44], "little") == 1  # one process
        assert int.from_bytes(limits[112:120], "little") == 1 << 30


def test_without_wasmtime_mods_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    with pytest.raises(MachineError, match=r"pip install 'taixu\[mods\]'"):
        Box().start()


COUNTS = """
import game
def on_start():
    game.request("rates", "https://api.example.com/")
def on_tick(dt):
    game.log(game.tick)
def on_event(event):
    if event.kind == "answer":
        game.log("answered", event.status, event.error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="plays other systems on Linux")
@pytest.mark.parametrize(
    ("system", "gap"),
    [("darwin", "Seatbelt cannot be reached"), ("win32", "no such library"), ("plan9", "plan9 has no second wall here")],
)
def test_elsewhere_mods_run_in_the_first_wall_with_a_badge_and_ask_no_server(system: str, gap: str) -> None:
    with Box(program=(str(CHILD), system)) as box:
        box.start(timeout_secs=HANG_SECS)
        until(lambda: box.tend() or box.ready or box.failed, what="the box stands")
        assert gap in box.badge and "\n" not in box.badge, "the user is told in one line"
        assert not all(layer.stands for layer in box.layers)
        plugin = ModsPlugin(wait=False, box=box)
        app = mod_app(None)
        plugin.build(app)
        hosts(app).load("a.mod", {"main.py": COUNTS}, grants=Grants(capabilities={"net": 0}, hosts=frozenset({"api.example.com"})))

        def answered() -> list[str]:
            app.frame(STEP)
            return [line for line in mod_lines(app) if line.startswith("answered 0")]

        (line,) = until(answered, what=lambda: mod_lines(app))
        assert "nothing is asked of servers on this machine" in line and gap in line
        assert hosts(app).mods["a.mod"].cost.fuel > 0, "it was WebAssembly that ran it"
        assert box.pid != os.getpid()
        told = [line for line in mod_lines(app) if "asked a server in vain" in line]
        assert len(told) == 1
        app.close()


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_without_wasmtime_no_mod_runs_on_any_system(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setitem(sys.modules, "wasmtime", None)
    app, plugin = mod_app(None), ModsPlugin()
    plugin.build(app)
    package = read_package(SAMPLE)
    why = plugin.load(app.world, (Loadable(package, package.manifest.capabilities, None),))
    assert "pip install 'taixu[mods]'" in why["taixu.score_board"] and not hosts(app).mods
    app.frame(STEP)
    assert app.clock.ticks == 1, "the world goes on"
    app.close()
