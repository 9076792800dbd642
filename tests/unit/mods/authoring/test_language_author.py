"""Mods by a language model: a stand-in server gives good, broken, hostile and slow answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from taixu.errors import TaixuError, UsageError
from taixu.mods.authoring.composing import compose
from taixu.mods.authoring.language.answers import read_answer
from taixu.mods.authoring.language.endpoint import Endpoint, find_endpoint
from taixu.mods.authoring.language.generator import write_with
from taixu.mods.authoring.language.prompting import fenced
from taixu.mods.authoring.reading import read_wish
from taixu.mods.packages.manifest import read_manifest

PROMPT = "the door opens when the player is near"
GOOD = fenced(compose(read_wish(PROMPT)).files)
BROKEN = GOOD.replace("game.find", "game.fnid")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answers: list[Any]
    asked: list[dict[str, Any]]
    keys: list[str]
    over: threading.Event


class _Model(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.append(json.loads(body))
        self.server.keys.append(self.headers.get("Authorization", ""))
        answer = self.server.answers.pop(0) if len(self.server.answers) > 1 else self.server.answers[0]
        if callable(answer):
            answer(self)
            return
        text = json.dumps({"choices": [{"message": {"role": "assistant", "content": answer}}]}).encode()
        self.send_response(200)
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def model() -> Iterator[_Server]:
    server = _Server(("127.0.0.1", 0), _Model)
    server.asked, server.keys, server.over = [], [], threading.Event()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.over.set()
    server.shutdown()
    thread.join()
    server.server_close()


def endpoint(server: _Server, key: str = "") -> Endpoint:
    return Endpoint(f"http://127.0.0.1:{server.server_address[1]}/v1", "test-model", key)


def test_a_good_answer_is_a_mod_whose_manifest_is_ours(model: _Server) -> None:
    model.answers = [f"Here you are!\n\n{GOOD}\nEnjoy."]
    written, repairs = write_with(endpoint(model, "secret"), PROMPT, author="me", names=["door", "Player"], seed=7)
    manifest = read_manifest(written.files["mod.toml"].encode())
    assert repairs == 0 and manifest.authors == ("written by test-model",) and manifest.id.startswith("me.")
    assert "def on_tick" in written.files["main.py"]
    asked = model.asked[0]
    assert asked["seed"] == 7 and asked["model"] == "test-model" and model.keys == ["Bearer secret"]
    told = "".join(message["content"] for message in asked["messages"])
    assert "game.raycasts" in told and "Entities of the world: door, Player" in told and f"<wish>{PROMPT}</wish>" in told


def test_what_the_checker_finds_goes_back_at_most_twice(model: _Server) -> None:
    model.answers = [BROKEN, GOOD]
    written, repairs = write_with(endpoint(model), PROMPT, author="me")
    assert repairs == 1 and "game.find(" in written.files["main.py"]
    assert "game has no fnid; did you mean find?" in model.asked[1]["messages"][-1]["content"]
    model.answers, model.asked[:] = [BROKEN], []
    with pytest.raises(TaixuError, match=r"does not pass the checks after 2 repairs: .*game has no fnid"):
        write_with(endpoint(model), PROMPT, author="me")
    assert len(model.asked) == 3


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        ("I cannot help with that.", "no block ```python"),
        ("```python\nimport os\n```\n```toml\nschema = 1\n```", "mod.toml"),
        (GOOD.replace("import game", "import game, os"), "nothing outside of it can be reached"),
        (GOOD.replace("[access]", '[capabilities.net]\nwhy = "home"\nhosts = ["evil.example"]\n\n[access]'), "leave out"),
        (GOOD.replace("```python", "```python\n" + "# " + "x" * 70_000), "longer than"),
        (GOOD.replace('"""', '"""\x07', 1), "control characters"),
        (GOOD.replace("```toml", "```toml\nentry = 5"), "mod.toml"),
        ("```python\n" + "(" * 5000 + "\n```\n" + GOOD.partition("\n\n```toml")[2].join(["```toml", ""]), ""),
    ],
    ids=["prose", "no manifest", "os", "net", "long", "bell", "types", "nested"],
)
def test_hostile_answers_are_refused(model: _Server, answer: str, wrong: str) -> None:
    model.answers = [answer]
    with pytest.raises(TaixuError, match="does not pass the checks") as told:
        write_with(endpoint(model), PROMPT, author="me")
    assert wrong in str(told.value)


def _flood(handler: _Model) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while not handler.server.over.is_set():
            handler.wfile.write(b" " * 65536)
    except OSError:
        pass


def _drip(handler: _Model) -> None:
    """A byte now and then: never silent, never done."""
    handler.wfile.write(b"HTTP/1.0 200 OK\r\n")
    try:
        while not handler.server.over.wait(0.02):
            handler.wfile.write(b"X")
    except OSError:
        pass


def _redirect(handler: _Model) -> None:
    handler.send_response(302)
    handler.send_header("Location", "http://example.org/v1/chat/completions")
    handler.end_headers()


def _plain(data: bytes, status: int = 200) -> Any:
    def answer(handler: _Model) -> None:
        handler.send_response(status)
        handler.end_headers()
        handler.wfile.write(data)

    return answer


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (_flood, "longer than 1 MB"), (_drip, "took longer than 1 s"), (_redirect, "answers 302"),
        (_plain(b"<html>"), "none in OpenAI's protocol"), (_plain(b'{"choices": []}'), "none in OpenAI's protocol"),
        (_plain(b'{"choices": [{"message": {"content": 5}}]}'), "is empty"), (_plain(b"[" * 100_000), "none in OpenAI's protocol"),
        (_plain(b"bad key s3cret", 401), r"answers 401: bad key \(key\)"),
    ],
    ids=["flood", "drip", "redirect", "html", "empty", "number", "nested", "refused"],
)  # fmt: skip
def test_a_server_that_misbehaves_is_an_error_in_one_sentence(model: _Server, answer: Any, wrong: str) -> None:
    model.answers = [answer]
    with pytest.raises(TaixuError, match=wrong):
        write_with(endpoint(model, "s3cret"), PROMPT, author="me", timeout_secs=1.0 if answer is _drip else 60.0)
    model.over.set()


def test_where_the_model_is_comes_from_the_environment_or_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("URL", "MODEL", "KEY"):
        monkeypatch.delenv(f"TAIXU_LANGUAGE_{name}", raising=False)
    monkeypatch.setenv("TAIXU_CONFIG", str(tmp_path))
    with pytest.raises(UsageError, match="TAIXU_LANGUAGE_URL"):
        find_endpoint()
    from taixu.mods.authoring.language.endpoint import settings_file

    settings_file().parent.mkdir(parents=True, exist_ok=True)
    settings_file().write_text('url = "http://localhost:1234/v1/"\nmodel = "small"\nkey = "k"\n')
    assert find_endpoint() == Endpoint("http://localhost:1234/v1", "small", "k")
    monkeypatch.setenv("TAIXU_LANGUAGE_MODEL", "large")
    assert find_endpoint().model == "large" and find_endpoint("own").model == "own"
    assert "key" not in repr(find_endpoint())
    for url in ("http://example.org/v1", "ftp://127.0.0.1", "https://user:word@example.org"):
        monkeypatch.setenv("TAIXU_LANGUAGE_URL", url)
        with pytest.raises(UsageError, match="address"):
            find_endpoint()


def test_an_answer_has_no_say_in_whose_it_is() -> None:
    answer = GOOD.replace('id = "me.', 'id = "taixu.')
    assert read_manifest(read_answer(answer, id="me.door", title="Door", model="m").files["mod.toml"].encode()).id == "me.door"
