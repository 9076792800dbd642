"""Asking a server by https: one that plays its part on this machine, and what it may try."""

from __future__ import annotations

import http.server
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from waiting import until

from taixu.app import App
from taixu.errors import TaixuError
from taixu.mods.net import NetBroker
from taixu.mods.net.https import MOST_BYTES, Line, Page, ask_page
from taixu.platform import AnswerEvent, Input, PlatformPlugin

HOST = "api.example.com"
PUBLIC = "93.184.215.14"


class Pages(http.server.BaseHTTPRequestHandler):
    seen: ClassVar[list[tuple[str, str, str, str]]] = []

    def log_message(self, *_: object) -> None:
        """Nothing to say."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.seen.append((self.command, self.path, self.headers["Host"], self.headers.get("Cookie", "")))
        match self.path:
            case "/away":
                self._answer(302, Location="https://evil.example.com/")
            case "/down":
                self._answer(302, Location="http://api.example.com/")
            case "/inside":
                self._answer(307, Location="https://127.0.0.1/")
            case "/here":
                self._answer(301, Location="/there")
            case "/circle":
                self._answer(302, Location="/circle")
            case "/large":
                self._answer(200, b"x" * (MOST_BYTES + 1))
            case "/missing":
                self._answer(404, b"nothing")
            case "/slow":
                time.sleep(2)
            case "/drip":
                with suppress(OSError):
                    for _ in range(500):
                        self.wfile.write(b"H")
                        time.sleep(0.02)
            case "/rubbish":
                self.wfile.write(b"\x00\xff\r\n\r\n")
            case _:
                self._answer(200, b"page \xff of " + self.path.encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(200, f"{self.headers['Content-Type']}: {body}".encode())


def certificate(folder: Path) -> Path:
    pytest.importorskip("cryptography")
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now()
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
        .not_valid_before(now - timedelta(days=2)).not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


class Net:
    """A server on this machine that a name with a public address leads to."""

    def __init__(self, file: Path) -> None:
        server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server_side.load_cert_chain(file)
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pages)
        self.server.daemon_threads = True
        self.server.socket = server_side.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        self.trusting = ssl.create_default_context(cafile=str(file))
        self.asked: list[str] = []
        self.connected: list[str] = []

    def resolve(self, host: str) -> list[str]:
        self.asked.append(host)
        return [PUBLIC]

    def connect(self, address: str, timeout_secs: float) -> socket.socket:
        self.connected.append(address)
        return socket.create_connection(self.server.server_address, timeout_secs)

    def line(self, *, longest_secs: float = 30.0) -> Line:
        return Line(self.resolve, self.connect, self.trusting, longest_secs)


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Net]:
    made = Net(certificate(tmp_path_factory.mktemp("net")))
    yield made
    made.server.shutdown()
    made.server.server_close()


def ask(net: Net, path: str, *, longest_secs: float = 30.0, **more: str) -> Page:
    facts = {"method": "GET", "body": "", **more}
    return ask_page(f"https://{HOST}{path}", hosts={HOST}, line=net.line(longest_secs=longest_secs), **facts)


def test_a_page_comes_as_text(net: Net) -> None:
    assert ask(net, "/a?b=c") == Page(200, "page \ufffd of /a?b=c")
    assert Pages.seen[-1] == ("GET", "/a?b=c", HOST, "")
    assert ask(net, "/missing") == Page(404, "nothing")


def test_what_is_sent_is_json_where_it_looks_so(net: Net) -> None:
    assert ask(net, "/", method="POST", body='{"a": "ä"}').text == 'application/json: {"a": "ä"}'
    assert ask(net, "/", method="POST", body="hello").text == "text/plain; charset=utf-8: hello"


def test_the_address_that_was_looked_up_is_the_one_that_is_connected_to(net: Net) -> None:
    net.asked.clear()
    net.connected.clear()
    ask(net, "/once")
    assert (net.asked, net.connected) == ([HOST], [PUBLIC])


def test_turns_stay_at_the_host(net: Net) -> None:
    assert ask(net, "/here").text.endswith("/there")
    for path, why in (("/away", "another host"), ("/down", "only https"), ("/inside", "no name of a host"), ("/circle", "circles")):
        with pytest.raises(TaixuError, match=why):
            ask(net, path)


def test_too_much_and_nonsense_are_told(net: Net) -> None:
    with pytest.raises(TaixuError, match="more than 256 KB"):
        ask(net, "/large")
    with pytest.raises(TaixuError, match="cannot be asked"):
        ask(net, "/rubbish")


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_who_is_slow_is_left(net: Net, path: str) -> None:
    with pytest.raises(TaixuError, match=r"did not answer within 0\.3 s"):
        ask(net, path, longest_secs=0.3)


def test_a_certificate_of_somebody_else_is_refused(net: Net) -> None:
    with pytest.raises(TaixuError, match="cannot be asked"):
        ask_page("https://other.example.com/", hosts=None, method="GET", body="", line=net.line())
    strict = Line(net.resolve, net.connect)
    with pytest.raises(TaixuError, match="certificate"):
        ask_page(f"https://{HOST}/", hosts=None, method="GET", body="", line=strict)


def answers(app: App, broker: NetBroker, count: int) -> list[AnswerEvent]:
    found: list[AnswerEvent] = []

    def look() -> bool:
        broker.tend(app.world)
        found.extend(event for event in app.resource(Input).take_injected() if isinstance(event, AnswerEvent))
        return len(found) >= count

    until(look, what="answers")
    return found


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    made.add_plugin(PlatformPlugin())
    yield made
    made.close()


def test_answers_come_as_input(net: Net, app: App) -> None:
    broker = NetBroker(line=net.line())
    broker.ask(app.world, "a.mod", {HOST}, name="rates", url=f"https://{HOST}/x")
    broker.ask(app.world, "a.mod", {HOST}, name="evil", url="https://evil.example.com/")
    first, second = sorted(answers(app, broker, 2), key=lambda event: event.name)
    assert (first.owner, first.name, first.status, first.text) == ("a.mod", "evil", 0, "")
    assert "not among the hosts" in first.error
    assert second == AnswerEvent("a.mod", "rates", 200, "page \ufffd of /x", "")
    until(lambda: broker.waiting == 0, what="nothing on its way")


def test_floods_are_refused_and_others_go_on(net: Net, app: App) -> None:
    broker = NetBroker(line=net.line())
    for number in range(40):
        broker.ask(app.world, "a.mod", {HOST}, name=str(number), url=f"https://{HOST}/x")
    broker.ask(app.world, "b.mod", {HOST}, name="mine", url=f"https://{HOST}/x")
    found = answers(app, broker, 41)
    assert sum(event.status == 200 for event in found if event.owner == "a.mod") <= 12
    assert [event.status for event in found if event.owner == "b.mod"] == [200]


def test_where_a_wall_is_missing_nobody_is_asked(net: Net, app: App) -> None:
    net.connected.clear()
    broker = NetBroker(lambda: "the wall has gaps", line=net.line())
    broker.ask(app.world, "a.mod", {HOST}, name="rates", url=f"https://{HOST}/x")
    assert answers(app, broker, 1)[0].error == "the wall has gaps"
    assert net.connected == []
