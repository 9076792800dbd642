"""Indexes on the web, by a server of this machine: caps, redirects, what is kept for offline."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from mod_packages import Keeper

from taixu.assets.paths import cache_folder
from taixu.errors import TaixuError
from taixu.mods.packages.fetch import NotReachable, fetch, url_doubt
from taixu.mods.packages.index_source import index_place, open_index
from taixu.mods.packages.installing import InstallOptions, apply_plan, plan_install
from taixu.mods.packages.project_mods import ProjectMods
from taixu.mods.packages.secret_key import SecretKey, make_key


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None: ...


class Hostile(BaseHTTPRequestHandler):
    """Answers that no honest server gives."""

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        name = self.path.strip("/")
        if name == "endless":
            self.send_response(200)
            self.end_headers()
            try:
                while True:
                    self.wfile.write(bytes(1 << 16))
            except OSError:
                return
        elif name == "circle":
            self._to("/circle")
        elif name == "file":
            self._to("file:///etc/passwd")
        elif name == "elsewhere":
            self._to("http://169.254.169.254/latest/meta-data/")
        elif name == "gzip":
            import gzip

            data = gzip.compress(bytes(8 << 20))
            self.send_response(200)
            self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)
        elif name == "here":
            self._to("/there")
        elif name == "there":
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"found")
        elif name == "short":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"x")
        else:
            self.send_error(500 if name == "broken" else 404)

    def _to(self, place: str) -> None:
        self.send_response(302)
        self.send_header("Location", place)
        self.end_headers()


def serving(handler: object) -> Iterator[ThreadingHTTPServer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join(60)


@pytest.fixture(autouse=True)
def _nothing_fetched(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAIXU_CACHE", str(tmp_path_factory.mktemp("cache")))


@pytest.fixture
def hostile() -> Iterator[str]:
    for server in serving(Hostile):
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    return Keeper(tmp_path / "index")


@pytest.fixture
def alice() -> SecretKey:
    return make_key()


@pytest.fixture
def server(keeper: Keeper, alice: SecretKey) -> Iterator[ThreadingHTTPServer]:
    keeper.add(alice, "alice.fish")
    keeper.add(alice, "alice.top", more='[depends]\n"alice.fish" = "*"\n')
    keeper.publish()
    yield from serving(partial(Quiet, directory=str(keeper.folder)))


def place(server: ThreadingHTTPServer) -> str:
    return f"http://127.0.0.1:{server.server_port}/"


def test_an_index_on_the_web(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    options = InstallOptions(indexes=(place(server),), accept=frozenset({"index"}))
    apply_plan(tmp_path / "mods", plan_install(tmp_path / "mods", ["alice.top"], options), options)
    assert [mod.package.id for mod in ProjectMods(tmp_path / "mods").loadable().mods] == ["alice.fish", "alice.top"]
    server.shutdown()
    server.server_close()
    again = plan_install(tmp_path / "other", ["alice.top"], InstallOptions(offline=True))
    assert [item.package.id for item in again.items] == ["alice.fish", "alice.top"], "what was fetched serves offline"
    away = plan_install(tmp_path / "third", ["alice.top"])
    assert any("what was fetched last is used" in note for note in away.notes)
    with pytest.raises(TaixuError, match="no version|never fetched|did you mean|has it"):
        plan_install(tmp_path / "third", ["alice.new"], InstallOptions(offline=True))


def test_what_is_kept_is_verified_again(server: ThreadingHTTPServer, tmp_path: Path) -> None:
    options = InstallOptions(indexes=(place(server),), accept=frozenset({"index"}))
    apply_plan(tmp_path / "mods", plan_install(tmp_path / "mods", ["alice.fish"], options), options)
    (kept,) = cache_folder().rglob("*.zip")
    kept.write_bytes(kept.read_bytes()[:-1] + b"!")
    with pytest.raises(TaixuError, match="is not the file that the index names"):
        plan_install(tmp_path / "other", ["alice.fish"], InstallOptions(offline=True))


def test_an_index_is_not_kept_before_it_is_verified(server: ThreadingHTTPServer) -> None:
    with pytest.raises(TaixuError, match="signed by the key"):
        open_index(place(server), key=make_key().public)
    assert not list(cache_folder().rglob("index.json"))


def test_answers_without_end(hostile: str) -> None:
    with pytest.raises(TaixuError, match="larger than the 100,000 bytes"):
        fetch(f"{hostile}/endless", max_bytes=100_000)


def test_a_packed_answer_is_not_unpacked(hostile: str) -> None:
    assert len(fetch(f"{hostile}/gzip", max_bytes=100_000)) < 100_000


@pytest.mark.parametrize(
    ("name", "said"),
    [("circle", "without end"), ("file", "not followed"), ("elsewhere", "not followed"), ("missing", "no such file")],
)
def test_redirects(hostile: str, name: str, said: str) -> None:
    with pytest.raises(TaixuError, match=said):
        fetch(f"{hostile}/{name}", max_bytes=1000)
    assert fetch(f"{hostile}/here", max_bytes=1000) == b"found"


@pytest.mark.parametrize("name", ["broken", "short"])
def test_what_breaks_off_is_no_answer(hostile: str, name: str) -> None:
    with pytest.raises(NotReachable):
        fetch(f"{hostile}/{name}", max_bytes=10_000)


def test_nobody_there() -> None:
    with pytest.raises(NotReachable):
        fetch("http://127.0.0.1:1/", max_bytes=10)


@pytest.mark.parametrize(
    "url",
    ["http://mods.example.org/", "ftp://x.org/", "file:///etc/passwd", "https://", "https://user:pass@x.org/", "https://x.org/#a",
     "https://ex\u0430mple.org/", "https://x.org/a b", "https://x.org/\r\nHost: y", "https://x.org:99999/", "https://[::1",
     "javascript:x"],
    ids=range(12),
)  # fmt: skip
def test_addresses_that_are_not_asked(url: str) -> None:
    assert url_doubt(url)
    with pytest.raises(TaixuError):
        fetch(url, max_bytes=10)


def test_an_index_has_one_name(keeper: Keeper, alice: SecretKey) -> None:
    assert index_place("https://x.org/mods") == index_place("https://x.org/mods/") == index_place("https://x.org/mods/index.json")
    keeper.add(alice, "alice.fish")
    keeper.publish()
    assert index_place(str(keeper.folder)) == index_place(str(keeper.folder / "index.json")) == str(keeper.folder.resolve())
    for wrong in ("https://x.org/?a=b", "ftp://x.org/", str(keeper.folder / "keys")):
        with pytest.raises(TaixuError):
            index_place(wrong)
