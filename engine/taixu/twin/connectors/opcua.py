"""OPC UA: values of nodes as they change, with the times that their sources say, and values written back.

A world's settings say which topic a node is, by field::

    "press": {"kind": "opcua", "url": "opc.tcp://10.0.0.5:4840", "user": "twin", "password_variable": "PRESS_PASSWORD",
              "nodes": {"press/4": {"temp": "ns=2;s=Press4.Temp", "mode": "ns=2;s=Press4.Mode"}},
              "writes": {"press/4/set": "ns=2;s=Press4.Setpoint"}}

Fields of one topic are told together: when one changes, the others are told again as they are. Arrays and structures are spread as
`taixu.twin.connectors.opcua_values` says. What is sent to a topic of `writes` is written to its node; when the server has taken it,
the topic with ``/ack`` behind it hears ``{"command": 7}``, as of a device.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from taixu.errors import MachineError, TaixuError
from taixu.twin.batch import Batch
from taixu.twin.connectors.connector import secret
from taixu.twin.connectors.opcua_guard import guard_client
from taixu.twin.connectors.opcua_structures import Structures
from taixu.twin.connectors.opcua_values import Place, read_place, tree
from taixu.twin.connectors.talker import Talker
from taixu.twin.wire import decode_json

__all__ = ["OpcUaConnector", "OpcUaParameters"]

_MAX_NODES = 20_000
_MAX_BROWSED = 1000
_AT_ONCE = 500
_QUEUED = 64
"""Changes that the server keeps for each node until it tells."""
_MAX_WAITING = 50_000
"""Changes that wait for the inbox; beyond it the newest of each node are kept."""
_MAX_SHOWN, _MAX_SHOWN_TEXT = 16, 8192
_READ_AT_ONCE = 100
_CHECK_SECS = 2.0
_GOODBYE_SECS = 3.0
_BROWSE_SECS = 20.0
_POLICIES = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")


@dataclass(frozen=True)
class OpcUaParameters:
    """Where the server is, how we show who we are, and which nodes are wanted."""

    url: str = field(default="", metadata={"doc": "opc.tcp://HOST:PORT/PATH."})
    nodes: Mapping[str, Any] = field(default_factory=dict, metadata={"doc": "Nodes by topic and field: {topic: {field: node}}."})
    writes: Mapping[str, str] = field(default_factory=dict, metadata={"doc": "Nodes that may be written, by topic."})
    every_ms: float = field(default=100.0, metadata={"doc": "How often the server tells.", "minimum": 10.0, "maximum": 3.6e6})
    user: str = field(default="", metadata={"doc": "User name; anonymous where empty, and the source's note says so."})
    password_variable: str = field(default="", metadata={"doc": "The environment variable that holds the password."})
    security: str = field(default="", metadata={"doc": "Policy; it wants all three files.", "choices": ("", *_POLICIES)})
    certificate: str = field(default="", metadata={"doc": "Our certificate, .der or .pem."})
    private_key: str = field(default="", metadata={"doc": "Its key, .pem."})
    server_certificate: str = field(default="", metadata={"doc": "The server's certificate: no other server is talked to."})


class OpcUaConnector(Talker):
    """Subscribes to nodes of a server, and comes back when it does."""

    kind, parameters = "opcua", OpcUaParameters
    _client: Any = None

    def check(self) -> None:
        """Everything that can be wrong before somebody answers."""
        settings: OpcUaParameters = self.settings
        if find_spec("asyncua") is None:
            raise MachineError('OPC UA needs asyncua; pip install "taixu[twin]" brings it')
        try:
            parts = urlsplit(settings.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme != "opc.tcp" or not host or parts.username:
            raise TaixuError(f"{settings.url[:80]!r} is no server such as opc.tcp://10.0.0.5:4840; users are named by 'user'")
        self._password = secret(settings.password_variable)
        self._places = self._read_nodes()
        for topic, node in settings.writes.items():
            _check_node(node, f"writes.{topic}")
        files = [settings.certificate, settings.private_key, settings.server_certificate]
        if settings.security and not all(files):
            raise TaixuError("security wants certificate, private_key and server_certificate")
        for file in filter(None, files):
            if not (self.link.root / file).is_file():
                raise TaixuError(f"{file!r} is no file")

    def _read_nodes(self) -> dict[str, list[Place]]:
        found: dict[str, list[Place]] = {}
        count = 0
        for topic, given in self.settings.nodes.items():
            named = {"value": given} if isinstance(given, str) else given
            if not isinstance(named, Mapping):
                raise TaixuError(f"nodes.{topic[:60]} takes a node id, or node ids by field")
            for name, each in named.items():
                where = f"nodes.{topic[:60]}.{str(name)[:60]}"
                place = read_place(topic, str(name), each, where)
                _check_node(place.node, where)
                others = found.setdefault(place.node, [])
                if any(other.path == place.path for other in others):
                    raise TaixuError("a node stands twice in nodes")
                others.append(place)
                count += 1
        if count > _MAX_NODES:
            raise TaixuError(f"{count:,} nodes are too many for one source; at most {_MAX_NODES:,}")
        return found

    async def talk(self) -> None:
        """Subscribe, and listen until the server is gone."""
        from asyncua import ua

        client = await self._connected()
        news = _News(self.link.refuse)
        try:
            subscription = await client.create_subscription(self.settings.every_ms, news)
            nodes = [(text, client.get_node(text)) for text in self._places]
            problems = 0
            for start in range(0, len(nodes), _AT_ONCE):
                part = nodes[start : start + _AT_ONCE]
                answers = await subscription.subscribe_data_change([node for _, node in part], queuesize=_QUEUED)
                for (text, _), answer in zip(part, answers):
                    if isinstance(answer, ua.StatusCode):
                        problems += 1
                        self.link.refuse(f"the node {text} cannot be subscribed to: {answer.name}")
            told = _Told({str(node.nodeid.to_string()): self._places[text] for text, node in nodes}, Structures(client))
            self._client = client
            self.came(self._note())
            if problems:
                self.link.status.problem = f"{problems:,} of {len(nodes):,} nodes cannot be subscribed to"
            checked = time.monotonic()
            while True:
                with suppress(TimeoutError):
                    await asyncio.wait_for(news.came.wait(), _CHECK_SECS)
                await self._tell(news.take(), told)
                if time.monotonic() - checked > _CHECK_SECS:
                    checked = time.monotonic()
                    await client.check_connection()
                await asyncio.sleep(self.settings.every_ms / 4000)  # so that what comes at once goes on at once
        finally:
            self._client = None
            with suppress(TimeoutError):
                await asyncio.wait_for(_disconnected(client), _GOODBYE_SECS)

    async def _connected(self) -> Any:
        from asyncua.client.client import Client
        from asyncua.crypto import security_policies

        settings: OpcUaParameters = self.settings
        client = Client(settings.url, timeout=5)
        guard_client(client, self.link.refuse)
        if settings.security:
            uri = _uri_of(self.link.root / settings.certificate)
            if uri:
                client.application_uri = uri
            await client.set_security(
                getattr(security_policies, f"SecurityPolicy{settings.security}"), str(self.link.root / settings.certificate),
                str(self.link.root / settings.private_key), server_certificate=str(self.link.root / settings.server_certificate),
            )  # fmt: skip
        if settings.user:
            client.set_user(settings.user)
            client.set_password(self._password)
        await client.connect()
        return client

    def _note(self) -> str:
        settings: OpcUaParameters = self.settings
        parts = ("" if settings.user else "anonymous", "" if settings.security else "not encrypted")
        return ", ".join(part for part in parts if part)

    async def _tell(self, changes: list[tuple[str, Any, Any]], told: _Told) -> None:
        """Changes as readings: one for each topic, key and time, with all fields that are known by then."""
        readings: dict[tuple[str, str, float], dict[str, Any]] = {}
        for node, value, data in changes:
            places = told.by_node.get(node)
            if not places:
                continue
            given = data.monitored_item.Value
            is_bad = given.StatusCode is not None and not given.StatusCode.is_good()
            try:
                opened = None if is_bad else tree(await told.structures.opened(value))
            except TaixuError as error:
                opened, is_bad = None, True
                self.link.refuse(f"the node {node}: {error}")
            else:
                if opened is None:
                    self.link.refuse(f"the node {node} says {getattr(given.StatusCode, 'name', '')} {type(value).__name__}")
            at = _seconds(given.SourceTimestamp or given.ServerTimestamp)
            for place in places:
                try:
                    rows = {} if opened is None else place.readings(opened)
                except TaixuError as error:
                    rows = {}
                    self.link.refuse(str(error))
                for key, fields in told.take(place, rows):
                    readings[place.topic, key, at] = fields
        if readings:
            listed = [{"topic": topic, "key": key, "time": at, "values": fields} for (topic, key, at), fields in readings.items()]
            self.link.status.messages += len(changes)
            await self.link.leave_soon([batch for start in range(0, len(listed), _AT_ONCE)
                                        for batch in self._read(listed[start : start + _AT_ONCE])])  # fmt: skip

    def _read(self, listed: list[dict[str, Any]]) -> list[Batch]:
        """Readings as batches; where one of them is none, the others come all the same."""
        try:
            return decode_json(json.dumps(listed), now_ns=time.time_ns(), source=self.link.name)
        except TaixuError as error:
            if len(listed) == 1:
                self.link.refuse(str(error))
                return []
        return [batch for each in listed for batch in self._read([each])]

    def send(self, topic: str, payload: bytes) -> None:
        """Write a value to the node of a topic of `writes`."""
        self.need_there()
        node = self.settings.writes.get(topic)
        if node is None:
            raise TaixuError(f"{topic[:80]!r} is none of the writes of {self.link.name!r}")
        self.send_soon(self._write(topic, node, json.loads(payload)))

    async def _write(self, topic: str, text: str, wanted: dict[str, Any]) -> None:
        from asyncua import ua
        from asyncua.ua.uaerrors import UaError

        node = self._client.get_node(text)
        kind = await node.read_data_type_as_variant_type()
        value = wanted["value"]
        if kind in (ua.VariantType.Float, ua.VariantType.Double):
            value = float(value)
        elif kind not in (ua.VariantType.String, ua.VariantType.Boolean):
            value = int(value)
        answer: dict[str, Any] = {"topic": f"{topic}/ack", "command": wanted.get("command", 0)}
        try:
            await node.write_value(ua.DataValue(ua.Variant(value, kind)))
        except UaError as error:
            answer |= {"ok": False, "why": str(error)[:200]}
        await self.link.leave_soon(self.link.read("", json.dumps(answer)))

    def browse(self, node: str) -> list[dict[str, Any]]:
        """What is below a node: id, name, kind ("object", "variable" or "method"), and a variable's value and type."""
        if node:
            _check_node(node, "node")
        return self.ask(self._browse(node), secs=_BROWSE_SECS)

    async def _browse(self, text: str) -> list[dict[str, Any]]:
        from asyncua import ua

        client = self._client
        if client is None:
            raise TaixuError(f"the server of {self.link.name!r} is not there")
        parent = client.get_node(text) if text else client.get_objects_node()
        await parent.read_node_class()  # says so where there is none
        below = (await parent.get_children_descriptions())[:_MAX_BROWSED]
        variables = [client.get_node(each.NodeId) for each in below if each.NodeClass == ua.NodeClass.Variable]
        values: dict[str, Any] = {}
        for start in range(0, len(variables), _READ_AT_ONCE):
            part = variables[start : start + _READ_AT_ONCE]
            values.update(zip((node.nodeid.to_string() for node in part), await client.read_attributes(part)))
        structures, found = Structures(client), list[dict[str, Any]]()
        for each in below:
            name = each.NodeId.to_string()
            listed = {"id": name, "name": each.DisplayName.Text or each.BrowseName.Name, "kind": each.NodeClass.name.lower()}
            if each.NodeClass == ua.NodeClass.Variable:
                told = values[name].Value
                listed |= {"value": await _shown(told.Value, structures) if told else None}
                listed |= {"type": told.VariantType.name if told else ""}
                if told and isinstance(told.Value, list):
                    listed["length"] = len(told.Value)
            found.append(listed)
        return found


class _Told:
    """What nodes said last, by topic and key: fields of one topic are told together."""

    def __init__(self, by_node: dict[str, list[Place]], structures: Structures) -> None:
        self.by_node = by_node
        self.structures = structures
        self._fields: dict[tuple[str, str], dict[str, Any]] = {}
        self._rows: dict[Place, dict[str, tuple[str, ...]]] = {}

    def take(self, place: Place, rows: dict[str, dict[str, Any]]) -> list[tuple[str, dict[str, Any]]]:
        """Take over what a place says now, by key; gives all that is known then of those keys."""
        before = self._rows.get(place, {})
        for key, names in before.items():  # what it does not say any more is unknown
            known = self._fields.get((place.topic, key), {})
            for name in names:
                known.pop(name, None)
        self._rows[place] = {key: tuple(fields) for key, fields in rows.items()}
        found: list[tuple[str, dict[str, Any]]] = []
        for key, fields in rows.items():
            known = self._fields.setdefault((place.topic, key), {})
            known.update(fields)
            found.append((key, dict(known)))
        for key in before:  # keys that a server makes up come and go
            if not self._fields.get((place.topic, key), True):
                del self._fields[place.topic, key]
        return found


class _News:
    """What asyncua tells of: it calls from tasks of its own, in the same loop, and waits for nobody."""

    def __init__(self, refuse: Callable[[str], None]) -> None:
        self.came = asyncio.Event()
        self._refuse = refuse
        self._changes: list[tuple[str, Any, Any]] = []

    def datachange_notification(self, node: Any, value: Any, data: Any) -> None:
        self._changes.append((node.nodeid.to_string(), value, data))
        if len(self._changes) >= _MAX_WAITING:
            newest = {change[0]: change for change in self._changes}
            lost = len(self._changes) - len(newest)
            self._changes = list(newest.values())
            self._refuse(f"values change faster than they are taken; {lost:,} changes were left out for newer ones")
        self.came.set()

    def take(self) -> list[tuple[str, Any, Any]]:
        changes, self._changes = self._changes, []
        self.came.clear()
        return changes


async def _shown(value: Any, structures: Structures) -> Any:
    """A value for who browses: arrays by their first elements."""
    try:
        found = tree(await structures.opened(value[:_MAX_SHOWN] if isinstance(value, list) else value))
    except TaixuError:
        return None
    return found if len(json.dumps(found)) <= _MAX_SHOWN_TEXT else None


async def _disconnected(client: Any) -> None:
    try:
        await client.disconnect()
    except Exception:  # it is gone anyway
        return


def _check_node(node: Any, where: str) -> None:
    from asyncua import ua
    from asyncua.ua.uaerrors import UaError

    try:
        ua.NodeId.from_string(node)
    except (UaError, ValueError, TypeError, AttributeError):
        raise TaixuError(f"{where}: {str(node)[:80]!r} is no node id such as ns=2;s=Press4.Temp") from None


def _seconds(moment: datetime | None) -> float:
    if moment is None:
        return time.time()
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _uri_of(certificate: Path) -> str:
    """What a certificate says its application is called: servers compare."""
    from cryptography import x509

    data = certificate.read_bytes()
    try:
        found = x509.load_pem_x509_certificate(data) if b"-----BEGIN" in data else x509.load_der_x509_certificate(data)
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        return str(next(iter(names.get_values_for_type(x509.UniformResourceIdentifier)), ""))
    except (ValueError, x509.ExtensionNotFound):
        return ""
