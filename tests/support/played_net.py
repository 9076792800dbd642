"""A network on this machine: servers that names lead to, which note who asked them, and how the engine and others reach them."""

from __future__ import annotations

import gzip
import http.server
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from unittest.mock import patch

import pytest

from taixu.mods.net.https import MOST_BYTES, Line

__all__ = ["HOST", "PUBLIC", "Asked", "PlayedNet"]

HOST = "api.example.com"
PUBLIC = "93.184.215.14"
_DRIPS = 60
_CLEAR = (80, 8080)
"""Ports on which this network speaks without TLS."""


@dataclass(frozen=True)
class Asked:
    """A question that a server heard."""

    method: str
    path: str
    host: str
    cookie: str
    is_clear: bool


@dataclass
class Heard:
    """What all servers heard, and what they could say to the end."""

    asked: list[Asked] = field(default_factory=list)
    told: list[str] = field(default_factory=list)


class _Pages(http.server.BaseHTTPRequestHandler):
    server: _Server

    def log_message(self, *_: object) -> None:
        """Nothing to say."""

    def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _note(self) -> None:
        about = Asked(self.command, self.path, self.headers["Host"] or "", self.headers.get("Cookie", ""), self.server.is_clear)
        self.server.heard.asked.append(about)

    def do_GET(self) -> None:
        self._note()
        with suppress(OSError):
            self._get()
            self.server.heard.told.append(self.path)

    def _get(self) -> None:
        match self.path:
            case "/away":
                self._answer(302, Location="https://evil.example.com/")
            case "/down":
                self._answer(302, Location="http://api.example.com/")
            case "/inside":
                self._answer(307, Location="https://127.0.0.1/")
            case "/port":
                self._answer(302, Location="https://api.example.com:8443/")
            case "/here":
                self._answer(301, Location="/there")
            case "/circle":
                self._answer(302, Location="/circle")
            case "/large":
                self._answer(200, b"x" * (MOST_BYTES + 1))
            case "/packed":
                self._answer(200, gzip.compress(bytes(20 * MOST_BYTES)), Content_Encoding="gzip")
            case "/chunks":
                self.send_response(200)
                self.send_header("Transfer-Encoding", "chunked")
                self.end_headers()
                for _ in range(20):
                    self.wfile.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
                self.wfile.write(b"0\r\n\r\n")
            case "/heads":
                self.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n")
            case "/missing":
                self._answer(404, b"nothing")
            case "/cookie":
                self._answer(200, b"here", Set_Cookie="who=you; Path=/")
            case "/slow":
                time.sleep(2)
            case "/drip":
                self.send_response(200)
                self.send_header("Content-Length", str(_DRIPS))
                self.end_headers()
                for _ in range(_DRIPS):
                    self.wfile.write(b"H")
                    time.sleep(0.03)
            case "/rubbish":
                self.wfile.write(b"\x00\xff\r\n\r\n")
            case _:
                self._answer(200, b"page \xff of " + self.path.encode())

    def do_POST(self) -> None:
        self._note()
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._answer(200, f"{self.headers['Content-Type']}: {body}".encode())


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, heard: Heard, context: ssl.SSLContext | None) -> None:
        super().__init__(("127.0.0.1", 0), _Pages)
        self.heard, self.is_clear = heard, context is None
        if context is not None:
            self.socket = context.wrap_socket(self.socket, server_side=True)
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def handle_error(self, request: object, client_address: object) -> None:
        """Who asked has gone: that is what many tests are about."""

    def end(self) -> None:
        """Serve no more."""
        self.shutdown()
        self.server_close()


class PlayedNet:
    """Servers that every name leads to.

    Attributes
    ----------
    heard
        By the servers.
    asked
        Names that were looked up.
    connected
        Addresses that were connected to, with the port.
    addresses
        Of names that do not lead to `PUBLIC`: a list for each time that they are looked up, the last for ever.
    """

    def __init__(self, folder: Path) -> None:
        certificate = _certificate(folder)
        ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ours.load_cert_chain(certificate)
        self.heard = Heard()
        self._safe, self._clear = _Server(self.heard, ours), _Server(self.heard, None)
        self.trusting = ssl.create_default_context(cafile=str(certificate))
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self.addresses: dict[str, list[list[str]]] = {}

    def end(self) -> None:
        """Take the servers down."""
        self._safe.end()
        self._clear.end()

    def forget(self) -> None:
        """Nobody has asked anything."""
        for seen in (self.heard.asked, self.heard.told, self.asked, self.connected):
            seen.clear()

    def resolve(self, host: str) -> list[str]:
        """What the resolver says."""
        self.asked.append(host)
        answers = self.addresses.get(host, [[PUBLIC]])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def connect(self, address: str, timeout_secs: float, port: int = 443) -> socket.socket:
        """A connection to one of the servers, whatever the address."""
        self.connected.append((address, port))
        server = self._clear if port in _CLEAR else self._safe
        line = socket.socket()
        line.settimeout(timeout_secs)
        line.connect(server.server_address[:2])
        return line

    def line(self, *, longest_secs: float = 30.0) -> Line:
        """How the engine reaches this network."""
        return Line(self.resolve, self.connect, self.trusting, longest_secs)

    @contextmanager
    def natively(self) -> Iterator[None]:
        """Python's own modules reach this network, and no certificate frightens them."""
        def lookup(host: str, port: int, *_: object, **__: object) -> list[tuple[object, ...]]:
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self.resolve(host)]

        def connect(place: tuple[str, int], timeout: float | None = None, *_: object, **__: object) -> socket.socket:
            host, port = place
            try:
                address = str(ip_address(int(host, 0) if host[:1].isdigit() and "." not in host else host))
            except ValueError:
                address = "127.0.0.1" if host in ("localhost", "0x7f.1") else self.resolve(host)[0]
            return self.connect(address, timeout if isinstance(timeout, float) else 30.0, port)

        with (
            patch.object(socket, "getaddrinfo", lookup), patch.object(socket, "create_connection", connect),
            patch.object(ssl, "_create_default_https_context", ssl._create_unverified_context),
        ):  # fmt: skip
            yield


def _certificate(folder: Path) -> Path:
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
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("rebinding.example.com")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True).sign(key, hashes.SHA256())
    )  # fmt: skip
    file = folder / "server.pem"
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file
