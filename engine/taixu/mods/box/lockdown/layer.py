"""What a layer of protection says of itself, and what the process that locks itself down keeps."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ALL_LAYERS", "Layer", "Plan"]

ALL_LAYERS = frozenset(
    {"ids", "parent", "privileges", "limits", "memory", "landlock", "seccomp", "sandbox", "token", "mitigations"}
)


@dataclass(frozen=True)
class Layer:
    """One layer of protection.

    Attributes
    ----------
    name
        A short word: ``"seccomp"``.
    stands
        True where the operating system said that it is in force.
    detail
        What it does, or why it does not stand.
    """

    name: str
    stands: bool
    detail: str


@dataclass(frozen=True)
class Plan:
    """What the process keeps.

    Attributes
    ----------
    socket_fd
        The one descriptor that it reads and writes.
    memory_bytes
        Writable memory that it may have in all, over what it has now.
    address_bytes
        Addresses that it may reserve, over what it has now.
    cpu_secs
        Processor time that it may use in its whole life.
    parent_pid
        The process that it must not outlive; 0 where that is not to be tied to one thread of the parent.
    layers
        Names of the layers to put up; tests put up one at a time.
    """

    socket_fd: int
    memory_bytes: int = 3 << 30
    address_bytes: int = 256 << 30
    cpu_secs: int = 24 * 3600
    parent_pid: int = 0
    layers: frozenset[str] = ALL_LAYERS
