"""The operating system's wall, as if WebAssembly had fallen: code inside the process tries, before and after it locks itself."""

from __future__ import annotations

import json
import platform
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest
from waiting import HANG_SECS

from taixu.mods.box.arena import Arena
from taixu.mods.box.limits import Layout
from taixu.mods.box.lockdown import Layer, describe_gaps
from taixu.mods.box.lockdown.seccomp import ARCHITECTURES, assemble, make_rules

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the wall of Linux")
CHILD = Path(__file__).parents[3] / "support" / "locked_child.py"
ROOT_ALONE = {
    "mount", "chroot", "another user", "become root", "groups", "capabilities", "raw packets", "unshare", "enter a namespace",
    "bpf", "perf events", "userfaultfd", "ptrace", "read another's memory", "write another's memory", "host name",
    "another landlock", "kill the engine", "the engine's environment", "io_uring", "keys",
    "clone3", "personality", "pidfd",
    "user namespace", "process namespace", "network namespace", "mount namespace", "leave the network", "signal by descriptor",
    "mount anew", "tree of mounts", "secret memory", "all changes of files", "the kernel's log", "another's locks",
    "compare processes", "move another's pages", "raw sockets", "virtual sockets", "kernel cryptography", "posix queue", "keyring",
    "ask for a key", "scheduler", "lock memory", "another's memory as a file", "another's files", "membarrier", "semaphores",
    "message queues", "priority of input", "files by other names", "the machine's secrets",
}  # fmt: skip
"""What this machine may deny from the start: to a user who is not root, in a container, or by the kernel's own settings."""


def run(**settings: Any) -> tuple[dict[str, Any], int, bytes]:
    """Give the child's report, its exit status, and what it said after the report."""
    ours, theirs = socket.socketpair()
    arena = Arena(Layout(slots=1).total_bytes)
    folder = tempfile.mkdtemp(prefix="taixu-locked-")
    Path(folder).chmod(0o777)  # whatever is denied there afterwards is not denied for want of rights
    settings |= {"socket": theirs.fileno(), "sealed": arena.fd, "folder": folder}
    child = subprocess.Popen(
        [sys.executable, "-I", str(CHILD), json.dumps(settings)], pass_fds=(theirs.fileno(), arena.fd), stderr=subprocess.PIPE
    )
    theirs.close()
    ours.settimeout(HANG_SECS)
    try:
        data = b""
        while piece := ours.recv(1 << 16):
            data += piece
    finally:
        ours.close()
        arena.close()
        if sys.exc_info()[0] is not None:
            child.kill()
        _, complaints = child.communicate(timeout=HANG_SECS)
        shutil.rmtree(folder, ignore_errors=True)
    assert len(data) >= 4, complaints.decode()
    (length,) = struct.unpack_from("=I", data)
    return json.loads(data[4 : 4 + length]), child.returncode, data[4 + length :]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    """What happened with all layers."""
    return run(sweep=True)[0]


def test_all_layers_stand(report: dict[str, Any]) -> None:
    assert {name for name, stands, _ in report["layers"]} == {
        "ids", "parent", "privileges", "limits", "memory", "landlock", "processes", "seccomp"
    }  # fmt: skip
    gaps = [(name, detail) for name, stands, detail in report["layers"] if not stands]
    if any(name == "landlock" and "no Landlock" in detail for name, detail in gaps):
        pytest.skip("this kernel has no Landlock")
    assert gaps == []


def test_everything_tried_was_possible_before(report: dict[str, Any]) -> None:
    denied = {name: before for name, (before, _) in report["attempts"].items() if before != "done" and name not in ROOT_ALONE}
    assert denied == {}


def test_nothing_tried_is_possible_afterwards(report: dict[str, Any]) -> None:
    possible = {name for name, (_, after) in report["attempts"].items() if after == "done"}
    assert possible == {"much memory"}  # within its limit, and of no use to anybody
    assert len(report["attempts"]) > 125


def test_no_other_system_call_reaches_the_kernel(report: dict[str, Any]) -> None:
    assert report["leaks"] == []


@pytest.mark.parametrize("door", ["int80", "x32"])
def test_other_architectures_doors_end_the_process(door: str) -> None:
    if platform.machine() != "x86_64":
        pytest.skip("doors of x86-64")
    # Without the layer that forbids code in writable memory, for the door is such code.
    told, status, rest = run(door=door, only=["open"], layers=["ids", "privileges", "limits", "landlock", "seccomp"])
    assert told["attempts"]["open"] == ["done", "EPERM"]
    if told["attempts"]["door"] != ["done"] and door == "int80":
        pytest.skip("this kernel has no 32-bit door")
    assert status == -signal.SIGSYS
    assert rest == b""


ALONE = {
    "landlock": [
        "open", "open at a descriptor", "openat2", "write a file", "list a folder", "make a folder", "make a link", "connect",
        "bind", "kill the engine", "kill another", "abstract socket", "execute", "own memory map", "import",
    ],
    "memory": ["executable memory", "mprotect to code", "pkey_mprotect to code"],
    "seccomp": [
        "open", "execute", "fork", "thread", "socket", "kill the engine", "executable memory", "mprotect to code", "dup", "ptrace",
    ],
    "privileges": ["capabilities", "mount", "chroot", "unshare"],
    "ids": ["become root", "groups", "mount", "chroot"],
}  # fmt: skip


@pytest.mark.parametrize("layer", list(ALONE))
def test_each_layer_holds_alone(layer: str) -> None:
    told, _, _ = run(only=ALONE[layer], layers=[layer] if layer in ("memory", "privileges", "ids") else ["privileges", layer])
    standing = {name: stands for name, stands, _ in told["layers"]}
    if not all(standing.values()):
        pytest.skip(f"this kernel has no {layer}: {told['layers']}")
    possible = {name for name, (before, after) in told["attempts"].items() if after == "done"}
    if layer == "landlock":  # younger rights of it: ports since its version 4, signals since 6
        said = told["layers"][-1][2]
        possible -= set() if "no port" in said else {"connect", "bind"}
        possible -= set() if "no signal" in said else {"kill the engine", "kill another", "abstract socket"}
    assert possible == set()


def test_limits_leave_no_descriptor_and_no_file() -> None:
    told, _, _ = run(only=["open", "pipe", "socket", "memory file"], layers=["limits"])
    assert {name: after for name, (_, after) in told["attempts"].items()} == {
        "open": "EMFILE", "pipe": "EMFILE", "socket": "EMFILE", "memory file": "EMFILE"
    }  # fmt: skip


def test_memory_is_limited_whoever_asks_for_it() -> None:
    told, _, _ = run(only=["much memory"], layers=["limits"], memory_bytes=64 << 20)
    assert told["attempts"]["much memory"] == ["done", "ENOMEM"]


def test_shared_memory_keeps_its_size_without_any_lock() -> None:
    told, _, _ = run(only=["cut the shared memory"], layers=[])
    assert told["attempts"]["cut the shared memory"] == ["done", "EPERM"]


@pytest.mark.parametrize("machine", list(ARCHITECTURES))
def test_every_rule_has_a_number_on_every_machine(machine: str) -> None:
    rules = make_rules(7)
    program = assemble(ARCHITECTURES[machine], rules)
    assert {rule.call for rule in rules} == set(ARCHITECTURES[machine].calls)
    assert len(program) % 8 == 0
    assert len(program) // 8 < 4096


@pytest.mark.parametrize("machine", list(ARCHITECTURES))
def test_filter_decides_as_its_rules_say(machine: str) -> None:
    architecture = ARCHITECTURES[machine]
    program = assemble(architecture, make_rules(7))
    number = architecture.calls

    def decide(call: int, *arguments: int, audit: int = architecture.audit) -> str:
        return interpret(program, call, audit, [*arguments, *[0] * (6 - len(arguments))])

    assert decide(number["exit_group"]) == "allow"
    assert decide(number["mmap"], 0, 4096, 3) == "allow"
    assert decide(number["mmap"], 0, 4096, 5) == "refuse"
    assert decide(number["mmap"], 0, 4096, 3 | 1 << 40) == "refuse"
    assert decide(number["mprotect"], 0, 4096, 1 << 24) == "refuse"
    assert decide(number["recvfrom"], 7, 1, 1, 0, 0) == "allow"
    assert decide(number["recvfrom"], 8, 1, 1, 0, 0) == "refuse"
    assert decide(number["sendto"], 7, 1, 1, 0, 0x1000) == "refuse"
    assert decide(number["sendto"], 7, 1, 1, 0, 1 << 32) == "refuse"
    assert decide(number["write"], 2) == "allow"
    assert decide(number["write"], 1) == "refuse"
    assert decide(number["futex"], 0, 0x80) == "allow"
    assert decide(number["futex"], 0, 0x189) == "allow"
    assert decide(number["futex"], 0, 6) == "refuse"
    assert decide(9999) == "refuse"
    assert decide(number["exit_group"], audit=0x40000003) == "end"
    if machine == "x86_64":
        assert decide(number["exit_group"] | 0x40000000) == "end"


def interpret(program: bytes, call: int, audit: int, arguments: list[int]) -> str:
    """Run the packet filter's program as the kernel would."""
    data = struct.pack("<IIQ6Q", call, audit, 0, *arguments)
    held, place = 0, 0
    while True:
        code, if_true, if_false, value = struct.unpack_from("=HBBI", program, 8 * place)
        place += 1
        if code == 0x20:
            (held,) = struct.unpack_from("<I", data, value)
        elif code == 0x54:
            held &= value
        elif code == 0x15:
            place += if_true if held == value else if_false
        elif code == 0x35:
            place += if_true if held >= value else if_false
        else:
            assert code == 0x06
            return {0x80000000: "end", 0x00050001: "refuse", 0x7FFF0000: "allow"}[value]


def test_a_badge_names_what_is_missing() -> None:
    assert describe_gaps([Layer("seccomp", True, "")]) == ""
    assert "landlock (this kernel has none)" in describe_gaps([Layer("landlock", False, "this kernel has none")])
    assert "one wall only" in describe_gaps([])
