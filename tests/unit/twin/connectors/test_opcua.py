"""OPC UA, against asyncua's own server in a thread."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from opc_server import OpcServer
from readings import Heard
from waiting import until

from taixu.errors import TaixuError
from taixu.twin.connectors import open_sources

asyncua = pytest.importorskip("asyncua")


class Plc(OpcServer):
    """A small server: a press with a temperature, a mode and a setpoint."""

    def __init__(self, port: int = 0, **security: Any) -> None:
        self._security = security
        super().__init__(self._press, port=port)

    async def _press(self, server: Any, number: int) -> None:
        self.server = server
        if self._security:
            server.set_security_policy([asyncua.ua.SecurityPolicyType.Basic256Sha256_SignAndEncrypt])
            await server.load_certificate(str(self._security["certificate"]))
            await server.load_private_key(str(self._security["key"]))
        press = await server.nodes.objects.add_object(number, "Press4")
        self.temp = await press.add_variable(f"ns={number};s=Press4.Temp", "Temp", 20.0)
        self.mode = await press.add_variable(f"ns={number};s=Press4.Mode", "Mode", "idle")
        self.wanted = await press.add_variable(f"ns={number};s=Press4.Set", "Set", 0.0)
        await self.wanted.set_writable()


@pytest.fixture(scope="module")
def plc() -> Iterator[Plc]:
    server = Plc()
    yield server
    server.close()


NODES = {"press/4": {"temp": "ns=2;s=Press4.Temp", "mode": "ns=2;s=Press4.Mode"}}


def settings_of(plc: Plc, **more: Any) -> dict[str, Any]:
    return {"plant": {"kind": "opcua", "url": plc.url, "nodes": NODES, "every_ms": 20, **more}}


def test_changes_come_with_their_times_and_commands_go_back(plc: Plc) -> None:
    heard = Heard()
    writes = {"press/4/set": "ns=2;s=Press4.Set", "press/4/temp": "ns=2;s=Press4.Nowhere"}
    (source,) = open_sources(settings_of(plc, writes=writes), heard.inbox, lambda name: ())
    try:
        until(lambda: source.link.status.state == "connected")
        assert source.link.status.note == "anonymous, not encrypted"
        until(lambda: heard.values("temp")[-1:] == [20.0] and heard.values("mode")[-1:] == ["idle"])
        moment = datetime(2026, 5, 1, 8, 0, 0, 250_000)
        plc.say(plc.temp, 71.5, SourceTimestamp=moment.replace(tzinfo=UTC))
        until(lambda: heard.values("temp")[-1] == 71.5)
        last = heard.batches[-1]
        assert last.topic == "press/4" and int(last.times_ns[0]) == int(moment.replace(tzinfo=UTC).timestamp() * 1e6) * 1000
        assert last.fields["mode"].tolist() == ["idle"], "fields of one topic are told together"
        plc.say(plc.temp, 0.0, StatusCode=asyncua.ua.StatusCode(asyncua.ua.StatusCodes.BadSensorFailure))
        until(lambda: "SensorFailure" in source.link.status.last_problem)
        source.send("press/4/set", b'{"command": 7, "value": 3}')
        until(lambda: plc.run(plc.wanted.read_value()) == 3.0)
        until(lambda: heard.values("command") == [7])
        assert heard.batches[-1].topic == "press/4/set/ack"
        source.send("press/4/temp", b'{"command": 8, "value": 3}')
        until(lambda: "was not" in source.link.status.last_problem)
        with pytest.raises(TaixuError, match="none of the writes"):
            source.send("press/5/set", b"{}")
    finally:
        plc.say(plc.temp, 20.0)
        source.close()


def test_nodes_are_found_by_browsing(plc: Plc) -> None:
    (source,) = open_sources(settings_of(plc), Heard().inbox, lambda name: ())
    try:
        until(lambda: source.link.status.state == "connected")
        (press,) = [each for each in source.browse("") if each["name"] == "Press4"]
        assert press["kind"] == "object"
        below = {each["name"]: each for each in source.browse(press["id"])}
        assert below["Mode"] == {"id": "ns=2;s=Press4.Mode", "name": "Mode", "kind": "variable", "value": "idle", "type": "String"}
        with pytest.raises(TaixuError, match="no node id"):
            source.browse("press 4")
        with pytest.raises(TaixuError):
            source.browse("ns=2;s=Nowhere")
    finally:
        source.close()


def test_a_server_that_goes_and_comes_back() -> None:
    plc, heard = Plc(), Heard()
    (source,) = open_sources(settings_of(plc), heard.inbox, lambda name: ())
    try:
        until(lambda: heard.values("temp"))
        plc.close()
        until(lambda: source.link.status.state == "waiting")
        with pytest.raises(TaixuError, match="not there"):
            source.send("press/4/set", b"{}")
        plc = Plc(plc.port)
        until(lambda: source.link.status.state == "connected")
        plc.say(plc.temp, 99.0)
        until(lambda: heard.values("temp")[-1] == 99.0)
    finally:
        source.close()
        plc.close()


def test_a_node_that_is_not_there_is_told_and_the_others_come(plc: Plc) -> None:
    heard = Heard()
    nodes = {"press/4": {"temp": "ns=2;s=Press4.Temp"}, "press/5": "ns=2;s=Press5.Temp"}
    (source,) = open_sources(settings_of(plc, nodes=nodes), heard.inbox, lambda name: ())
    until(lambda: heard.values("temp"))
    until(lambda: source.link.status.problem == "1 of 2 nodes cannot be subscribed to")
    assert "Press5" in source.link.status.last_problem
    source.close()


def test_an_encrypted_line_to_one_server_alone(tmp_path: Path) -> None:
    ours, theirs, strangers = (certificate(tmp_path, name) for name in ("ours", "theirs", "strangers"))
    plc = Plc(certificate=theirs[0], key=theirs[1])
    secure = {"security": "Basic256Sha256", "certificate": str(ours[0]), "private_key": str(ours[1])}
    heard = Heard()
    try:
        (source,) = open_sources(settings_of(plc, **secure, server_certificate=str(theirs[0])), heard.inbox, lambda name: ())
        until(lambda: heard.values("temp"))
        assert source.link.status.note == "anonymous"
        source.close()
        (source,) = open_sources(settings_of(plc, **secure, server_certificate=str(strangers[0])), Heard().inbox, lambda name: ())
        until(lambda: source.link.status.problem)
        assert source.link.status.state == "waiting", "another's certificate is not taken"
        source.close()
    finally:
        plc.close()


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Made here: a key, and a certificate that it signs for itself."""
    from datetime import timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048)
    named = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    uri = x509.SubjectAlternativeName([x509.UniformResourceIdentifier(f"urn:taixu:{name}")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder().subject_name(named).issuer_name(named).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1)).add_extension(uri, critical=False)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / f"{name}.der", folder / f"{name}.pem"
    files[0].write_bytes(signed.public_bytes(serialization.Encoding.DER))
    plain = serialization.NoEncryption()
    files[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain))
    return files


@pytest.mark.parametrize(
    "more",
    [
        {"url": "http://x"}, {"url": "opc.tcp://u:p@x"}, {"nodes": {"t": "press 4"}}, {"nodes": {"t": 7}},
        {"nodes": {"t": {"a": 7}}},
        {"nodes": {"t": "i=5", "u": "i=5"}}, {"writes": {"t": "x"}}, {"security": "Basic256Sha256"}, {"security": "None"},
        {"password_variable": "NOBODY_SET_THIS"}, {"certificate": "nowhere.der"},
    ],
)  # fmt: skip
def test_settings_that_cannot_work(more: dict[str, Any]) -> None:
    settings = {"kind": "opcua", "url": "opc.tcp://127.0.0.1:1", **more}
    with pytest.raises(TaixuError, match="plant"):
        open_sources({"plant": settings}, Heard().inbox, lambda name: ())
