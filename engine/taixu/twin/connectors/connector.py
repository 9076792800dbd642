"""What a connector is: something in a thread of its own that leaves batches in the inbox.

    @dataclass(frozen=True)
    class DialParameters:
        number: str = field(default="", metadata={"doc": "Whom to call."})

    class Dial(Connector):
        kind, parameters = "dial", DialParameters

        def start(self) -> None: ...
        def close(self) -> None: ...

A world's settings name the ones it wants: ``"twin": {"sources": {"plant": {"kind": "dial", "number": "42"}}}``. Plugins offer
theirs in their attribute ``connectors``.
"""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any, ClassVar

from taixu.edit.parameters import Nothing, read_parameters
from taixu.errors import TaixuError, UsageError
from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox, Letter
from taixu.twin.wire import MAGIC, decode_batch, decode_json

__all__ = ["BUILT_IN", "Connector", "Connectors", "Link", "Status", "open_sources"]

BUILT_IN = ("taixu.twin.connectors.mqtt:MqttConnector", "taixu.twin.connectors.table:TableConnector")
"""Where Taixu's own are."""

_FULL_SECS = 0.002


@dataclass(slots=True)
class Status:
    """How a connector is doing; its thread writes, others read."""

    state: str = "starting"
    """"starting", "connected", "waiting" (for the other side), "done" or "failed"."""
    problem: str = ""
    messages: int = 0
    bad_messages: int = 0
    last_problem: str = ""
    """What was wrong with the last bad message."""


class Link:
    """Where a connector leaves what it heard."""

    def __init__(self, name: str, inbox: Inbox, topics: Callable[[], tuple[str, ...]]) -> None:
        self.name = name
        self.status = Status()
        self._inbox = inbox
        self.topics = topics
        """The topics that the world's bindings want, as filters of MQTT."""

    def tell(
        self, topic: str, payload: bytes, *, on_kept: Callable[[], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> bool:
        """Leave one message, a batch record or JSON. What is no reading is counted, and is done with.

        Returns
        -------
        bool
            False where the inbox stayed full until `stop`.
        """
        self.status.messages += 1
        try:
            if payload[:4] == MAGIC:
                batches = [decode_batch(payload, source=self.name)]
            else:
                batches = decode_json(payload, now_ns=time.time_ns(), topic=topic, source=self.name)
        except TaixuError as error:
            self.status.bad_messages += 1
            self.status.last_problem = str(error)
            if on_kept is not None:
                on_kept()  # sending it again would make it no better
            return True
        return self.leave(batches, on_kept=on_kept, stop=stop)

    def leave(
        self, batches: list[Batch], *, on_kept: Callable[[], None] | None = None, stop: Callable[[], bool] | None = None
    ) -> bool:
        """Leave batches; the last one's being kept is all of them being kept. Waits while the inbox is full."""
        for i, batch in enumerate(batches):
            letter = Letter(batch, on_kept if i == len(batches) - 1 else None)
            while not self._inbox.put(letter):
                if stop is not None and stop():
                    return False
                time.sleep(_FULL_SECS)
        return True


class Connector(ABC):
    """One source of readings.

    Attributes
    ----------
    kind
        What settings call it.
    parameters
        A frozen dataclass; see `taixu.edit.parameters` for what its fields may say of themselves.
    """

    kind: ClassVar[str]
    parameters: ClassVar[type] = Nothing

    def __init__(self, link: Link, parameters: Any) -> None:
        self.link = link
        self.settings = parameters

    @abstractmethod
    def start(self) -> None:
        """Begin, in a thread of one's own; come back at once. The other side may not be there yet.

        Raises
        ------
        TaixuError
            When the settings can never work.
        """

    @abstractmethod
    def close(self) -> None:
        """End, and wait for the thread."""

    def send(self, topic: str, payload: bytes) -> None:
        """Send something the other way.

        Raises
        ------
        TaixuError
            When this kind cannot, or nobody is there.
        """
        raise TaixuError(f"nothing can be sent by {self.kind}")


class Connectors:
    """The kinds of connectors that are known."""

    def __init__(self, *, plugins: bool = True) -> None:
        self._known: dict[str, type[Connector]] = {}
        self.problems: list[str] = []
        for reference in BUILT_IN:
            module, _, name = reference.partition(":")
            self.add(getattr(import_module(module), name))
        if plugins:
            from taixu.app import find_plugins, load_plugin

            for point in find_plugins():
                try:
                    for each in getattr(load_plugin(point), "connectors", ()):
                        self.add(each)
                except Exception as error:  # a plugin must not take the others with it
                    self.problems.append(f"the plugin {point.name!r} offers connectors that cannot be used: {error}")

    def add(self, connector: type[Connector]) -> None:
        """Make a kind known.

        Raises
        ------
        TaixuError
            When there is one of the name.
        """
        if connector.kind in self._known:
            raise TaixuError(f"two connectors are called {connector.kind!r}")
        self._known[connector.kind] = connector

    def find(self, kind: Any) -> type[Connector]:
        """The connector of a kind.

        Raises
        ------
        TaixuError
            When there is none.
        """
        found = self._known.get(kind) if isinstance(kind, str) else None
        if found is None:
            raise TaixuError(f"there is no connector {str(kind)[:40]!r}; there are {', '.join(sorted(self._known))}")
        return found

    def __iter__(self) -> Iterator[type[Connector]]:
        return iter(self._known.values())


def open_sources(
    raw: Any, inbox: Inbox, topics: Callable[[str], tuple[str, ...]], connectors: Connectors | None = None
) -> list[Connector]:
    """Start the sources that a world's settings name; `topics` gives what bindings want of a source.

    Raises
    ------
    TaixuError
        When one is wrong; none is left running then.
    """
    if not isinstance(raw, Mapping) or len(raw) > 256:
        raise TaixuError("twin.sources takes at most 256 sources by name")
    known = connectors or Connectors()
    opened: list[Connector] = []
    try:
        for name, facts in raw.items():
            where = f"twin.sources.{str(name)[:60]}"
            if not isinstance(facts, Mapping):
                raise TaixuError(f"{where} takes an object with a kind")
            try:
                kind = known.find(facts.get("kind"))
                given = {key: value for key, value in facts.items() if key != "kind"}
                parameters = read_parameters(kind.parameters, given, name=name, whose="source")
                connector = kind(Link(name, inbox, lambda name=name: topics(name)), parameters)  # type: ignore[misc]
                connector.start()
            except UsageError as error:
                raise TaixuError(str(error)) from None
            except TaixuError as error:
                raise type(error)(f"{where}: {error}") from None
            opened.append(connector)
    except BaseException:
        for connector in opened:
            connector.close()
        raise
    return opened
