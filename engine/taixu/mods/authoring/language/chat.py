"""One question to a language model over HTTP: bounded in bytes and seconds, led nowhere else, believed nothing."""

from __future__ import annotations

import json
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from threading import Event, Timer
from urllib.parse import urlsplit

from taixu.errors import TaixuError
from taixu.mods.authoring.language.endpoint import Endpoint

__all__ = ["ask"]

TIMEOUT_SECS = 120.0
_MOST_BYTES = 1 << 20
_MOST_TOKENS = 6000
_MOST_SAID = 300


def ask(endpoint: Endpoint, messages: Sequence[Mapping[str, str]], *, seed: int, timeout_secs: float = TIMEOUT_SECS) -> str:
    """What the model answers.

    Parameters
    ----------
    messages
        ``role`` and ``content`` of each.
    timeout_secs
        For all of it, however slowly it comes.

    Raises
    ------
    TaixuError
        When nobody answers, in time, with an answer that is one.
    """
    body = json.dumps({
        "model": endpoint.model, "messages": list(messages), "temperature": 0.2, "seed": seed % (1 << 31), "stream": False,
        "max_tokens": _MOST_TOKENS,
    }).encode()  # fmt: skip
    data = _post(endpoint, body, timeout_secs)
    try:
        answer = json.loads(data)
        text = answer["choices"][0]["message"]["content"]
    except (ValueError, KeyError, IndexError, TypeError, RecursionError) as error:
        raise TaixuError(f"{endpoint.url}: the language model's answer is none in OpenAI's protocol") from error
    if not isinstance(text, str) or not text.strip():
        raise TaixuError(f"{endpoint.url}: the language model's answer is empty")
    return text


def _post(endpoint: Endpoint, body: bytes, timeout_secs: float) -> bytes:
    parts = urlsplit(endpoint.url)
    host, port = parts.hostname or "", parts.port
    connection = (
        HTTPSConnection(host, port, timeout=timeout_secs, context=ssl.create_default_context()) if parts.scheme == "https" else
        HTTPConnection(host, port, timeout=timeout_secs)
    )  # fmt: skip
    headers = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    # A server that sends a byte now and then is never silent long enough for a socket's own limit.
    late = Event()
    watchdog = Timer(timeout_secs, _hang_up, (connection, late))
    watchdog.daemon = True
    watchdog.start()
    try:
        connection.request("POST", f"{parts.path}/chat/completions", body, headers)
        answer = connection.getresponse()
        data = _read(answer, endpoint.url)
    except (OSError, HTTPException, ValueError, AttributeError) as error:  # a connection that was hung up loses its socket
        slow = late.is_set() or isinstance(error, TimeoutError)
        why = f"it took longer than {timeout_secs:g} s" if slow else str(error) or type(error).__name__
        raise TaixuError(f"{endpoint.url}: the language model cannot be asked: {why}") from error
    finally:
        watchdog.cancel()
        connection.close()
    if late.is_set():  # what had come until then looks as if it were all
        raise TaixuError(f"{endpoint.url}: the language model cannot be asked: it took longer than {timeout_secs:g} s")
    if answer.status != 200:
        said = " ".join(data[:_MOST_SAID].decode("utf-8", errors="replace").split())
        said = "".join(letter for letter in said if letter.isprintable()).replace(endpoint.key or "\0", "(key)")
        raise TaixuError(f"{endpoint.url}: the language model's server answers {answer.status}: {said or 'nothing'}")
    return data


def _read(answer: HTTPResponse, url: str) -> bytes:
    data = bytearray()
    while True:
        piece = answer.read1(1 << 16)
        if not piece:
            return bytes(data)
        data += piece
        if len(data) > _MOST_BYTES:
            raise TaixuError(f"{url}: the language model's answer is longer than {_MOST_BYTES >> 20} MB")


def _hang_up(connection: HTTPConnection, late: Event) -> None:
    import socket

    late.set()
    with suppress(OSError, AttributeError):
        connection.sock.shutdown(socket.SHUT_RDWR)
