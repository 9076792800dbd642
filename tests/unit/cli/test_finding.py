"""A search whose words a language model makes a document of: a stand-in server answers, and the program asks it over HTTP."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any, ClassVar

from command_line import taixu, taixu_json

FACTORY = Path(__file__).resolve().parents[3] / "samples" / "factory"
COOL = {"field": "motor.temperature", "operator": "<", "value": 300, "unit": "kelvin"}
WANTED = {"words": ["robot"], "where": [COOL], "limit": 3}


class Model(BaseHTTPRequestHandler):
    asked: ClassVar[list[Any]] = []

    def do_POST(self) -> None:
        self.asked.append((json.loads(self.rfile.read(int(self.headers["Content-Length"]))), self.headers["Authorization"]))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"choices": [{"message": {"content": json.dumps(WANTED)}}]}).encode())

    def log_message(self, format: str, *args: Any) -> None:
        pass


def test_a_language_model_writes_what_the_rules_do_not_understand() -> None:
    server = HTTPServer(("127.0.0.1", 0), Model)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    environment = {
        "TAIXU_LANGUAGE_URL": f"http://127.0.0.1:{server.server_address[1]}/v1", "TAIXU_LANGUAGE_MODEL": "stand-in",
        "TAIXU_LANGUAGE_KEY": "secret",
    }  # fmt: skip
    try:
        found = taixu_json("info", FACTORY, "--find", "whose joints are still cool?", **environment)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert [each["name"] for each in found["found"]] == ["Robot A1", "Robot A2", "Robot B1"]
    assert found["query"]["where"][0]["unit"] == "kelvin"
    (asked, key), *more = Model.asked
    assert not more and key == "Bearer secret" and "motor.temperature (degC)" in asked["messages"][1]["content"]


def test_a_search_wants_something_to_search() -> None:
    done = taixu("info", "--find", "robots")
    assert done.returncode == 2 and "wants a project or a world" in done.stderr
