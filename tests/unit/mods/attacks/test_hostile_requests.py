"""Mods that were granted one server and want more: each question does its harm by Python's own modules, and none by the engine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mod_worlds import STEP, hosts, mod_app, mod_lines
from played_net import HOST, PUBLIC, PlayedNet
from waiting import until

from taixu.app import App, GameServices, Stage
from taixu.ecs import World
from taixu.mods.grants import Grants
from taixu.mods.net import NetBroker
from taixu.mods.net.https import MOST_BYTES

PATIENT_SECS, HASTY_SECS = 30.0, 1.0
"""How long an answer may take: so long that no machine is too slow, and less than one that comes letter by letter takes."""
NAMED = {
    HOST: [[PUBLIC]], "inside.example.com": [["127.0.0.1"]], "rebinding.example.com": [[PUBLIC], ["127.0.0.1"]],
    "one-of-two.example.com": [["10.0.0.7", PUBLIC]], "six.example.com": [["::1"]], "mapped.example.com": [["::ffff:127.0.0.1"]],
    "link.example.com": [["fe80::1"]], "cloud.example.com": [["169.254.169.254"]], "translated.example.com": [["64:ff9b::7f00:1"]],
    "unique.example.com": [["fc00::7"]], "shared.example.com": [["100.64.0.9"]], "this.example.com": [["0.0.0.0"]],
    "cast.example.com": [["224.0.0.251"]],
}  # fmt: skip
"""What the mod named in its manifest, and where each leads, time after time."""
READ = "import urllib.request\ntext = urllib.request.urlopen({url!r}, timeout={secs}).read()"
BEHIND = READ.replace("{url!r}", "'https://' + {url!r}.rpartition('@')[2]")
SPELT = READ.replace("{url!r}", "'https://' + {url!r}[8:-1].encode('idna').decode() + '/'")
CHECKED = """import ipaddress, socket, urllib.request
assert ipaddress.ip_address(socket.getaddrinfo({host!r}, 443)[0][4][0]).is_global
text = urllib.request.urlopen({url!r}, timeout={secs}).read()"""
UNPACKED = "import gzip\n" + READ + "\ntext = gzip.decompress(text)"
REMEMBERED = """import urllib.request
asks = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
for _ in range(2): text = asks.open({url!r}, timeout={secs}).read()"""
MANY = "import urllib.request\nfor _ in range({count}): text = urllib.request.urlopen({url!r}, timeout={secs}).read()"
IN_CIRCLES = """import urllib.error, urllib.request
try: urllib.request.urlopen({url!r}, timeout={secs})
except urllib.error.HTTPError: text = b''"""
RAW = """import socket
line = socket.create_connection(({host!r}, 80), {secs})
line.sendall(b'GET /a HTTP/1.1\\r\\nHost: evil.example.com\\r\\nConnection: close\\r\\n\\r\\n')
text = line.recv(9999)"""
MOD = """
import game
from _game_mirror import mirror
asked = 0
def on_tick(dt):
    global asked
    if asked < {count}:
        asked += 1
        mirror.commands.append(["request", dict(name="x", url={url!r}, method="GET", body="")])
def on_event(event):
    if event.kind == "answer":
        game.log("answered", event.status, len(event.text), "root:" in event.text)
"""


@dataclass(frozen=True)
class Question:
    """A question that a mod asks.

    Attributes
    ----------
    harm
        Of `HARMS`.
    told
        What the user reads.
    natively
        Python that does it, with the holes ``url``, ``host``, ``secs`` and ``count``.
    """

    url: str
    harm: str
    told: str
    natively: str = READ
    count: int = 1

    @cached_property
    def code(self) -> str:
        """As Python that nothing holds back."""
        secs = HASTY_SECS if self.harm == "late" else PATIENT_SECS
        return self.natively.format(url=self.url, host=urlsplit(self.url).hostname, secs=secs, count=self.count)


@dataclass(frozen=True)
class Seen:
    """What happened: on the network, and the bytes that came back."""

    net: PlayedNet
    size: int
    has_secret: bool


def _has_left(seen: Seen) -> bool:
    return any(asked.host.partition(":")[0] not in NAMED for asked in seen.net.heard.asked)


def _is_inside(seen: Seen) -> bool:
    return any(not ip_address(address).is_global or address.startswith(("64:", "224.")) for address, _ in seen.net.connected)


HARMS: dict[str, Callable[[Seen], bool]] = {
    "another server": _has_left,
    "a private network": _is_inside,
    "another port": lambda seen: any(port not in (443, 80) for _, port in seen.net.connected),
    "in the clear": lambda seen: any(asked.is_clear for asked in seen.net.heard.asked),
    "a file": lambda seen: seen.has_secret,
    "too much": lambda seen: seen.size > MOST_BYTES,
    "late": lambda seen: "/drip" in seen.net.heard.told and seen.size > 50,
    "circles": lambda seen: len(seen.net.heard.asked) > 4,
    "known again": lambda seen: any(asked.cookie for asked in seen.net.heard.asked),
    "a flood": lambda seen: len(seen.net.heard.asked) > 14,
}  # fmt: skip

QUESTIONS = {
    "a server that was not named": Question("https://evil.example.com/", "another server", "not among the hosts"),
    "a longer name": Question("https://api.example.com.evil.com/", "another server", "not among the hosts"),
    "a shorter name": Question("https://example.com/", "another server", "not among the hosts"),
    "a user in front": Question("https://api.example.com@evil.example.com/", "another server", "no user and no password", BEHIND),
    "a name in letters that look alike": Question("https://аpi.example.com/", "another server", "no letters but ASCII's", SPELT),
    "a line in the question": Question("https://api.example.com/a\r\nHost: evil.example.com", "another server", "no spaces", RAW),
    "sent away": Question(f"https://{HOST}/away", "another server", "another host"),
    "sent inside": Question(f"https://{HOST}/inside", "a private network", "no name of a host"),
    "sent to another port": Question(f"https://{HOST}/port", "another port", "only the usual port"),
    "sent without TLS": Question(f"https://{HOST}/down", "in the clear", "only https"),
    "in circles": Question(f"https://{HOST}/circle", "circles", "in circles", IN_CIRCLES),
    "without TLS": Question(f"http://{HOST}/", "in the clear", "only https"),
    "another port": Question(f"https://{HOST}:8443/", "another port", "only the usual port"),
    "this machine": Question("https://127.0.0.1/", "a private network", "no name of a host"),
    "this machine by name": Question("https://localhost/", "a private network", "no name of a host"),
    "this machine as a number": Question("https://2130706433/", "a private network", "no name of a host"),
    "this machine in sixteens": Question("https://0x7f.1/", "a private network", "no name of a host"),
    "this machine by IPv6": Question("https://[::1]/", "a private network", "no name of a host"),
    "this machine in IPv6": Question("https://[::ffff:127.0.0.1]/", "a private network", "no name of a host"),
    "the cloud's secrets": Question("http://169.254.169.254/latest/meta-data", "a private network", "only https"),
    "a file": Question("file:///etc/passwd", "a file", "only https"),
    **{
        f"a name that leads inside: {name.partition('.')[0]}": Question(f"https://{name}/", "a private network", "private network")
        for name in NAMED if name not in (HOST, "rebinding.example.com")
    },
    "a name that changes its mind": Question(
        "https://rebinding.example.com/here", "a private network", "private network", CHECKED
    ),
    "a large answer": Question(f"https://{HOST}/large", "too much", "more than 256 KB"),
    "an answer in pieces": Question(f"https://{HOST}/chunks", "too much", "more than 256 KB"),
    "an answer that swells": Question(f"https://{HOST}/packed", "too much", "", UNPACKED),
    "an answer letter by letter": Question(f"https://{HOST}/drip", "late", "did not answer within"),
    "a cookie": Question(f"https://{HOST}/cookie", "known again", "", REMEMBERED, count=2),
    "many questions": Question(f"https://{HOST}/", "a flood", "wait for their answers", MANY, count=20),
}  # fmt: skip


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedNet]:
    made = PlayedNet(tmp_path_factory.mktemp("net"))
    yield made
    made.end()


@pytest.fixture(scope="module")
def stage(net: PlayedNet) -> Iterator[App]:
    """A world whose mods ask the played network."""
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    from taixu.mods.box import Box

    box = Box()
    box.start(timeout_secs=300)
    app = mod_app(lambda name, sources, config, limits: box.open(name, sources, config, limits=limits))
    patient, hasty = (NetBroker(line=net.line(longest_secs=secs)) for secs in (PATIENT_SECS, HASTY_SECS))

    def ask(world: World, owner: int | str, named: frozenset[str], **facts: str) -> None:
        (hasty if facts["url"].endswith("/drip") else patient).ask(world, owner, named, **facts)

    app.resource(GameServices).provide("request", ask)
    for name, broker in (("patient", patient), ("hasty", hasty)):
        app.add_system(Stage.INPUT, broker.tend, name=f"tend_{name}", before=("poll_input",))
    yield app
    app.close()
    assert (box.restarts, box.complaints) == (0, "")
    box.stop()


@pytest.fixture
def played(net: PlayedNet) -> PlayedNet:
    """The network, in which nobody has asked anything."""
    net.forget()
    net.addresses = {name: list(answers) for name, answers in NAMED.items()}
    return net


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_does_harm_by_python_s_own_modules(played: PlayedNet, name: str, tmp_path: Path) -> None:
    space: dict[str, bytes] = {}
    with played.natively():
        exec(QUESTIONS[name].code, space)  # noqa: S102 (that is what this is for)
    if QUESTIONS[name].harm == "late":
        until(lambda: "/drip" in played.heard.told, what="the last letter")
    assert HARMS[QUESTIONS[name].harm](Seen(played, len(space["text"]), b"root:" in space["text"]))


@pytest.mark.parametrize("name", QUESTIONS)
def test_it_does_none_by_the_engine(played: PlayedNet, stage: App, name: str, request: pytest.FixtureRequest) -> None:
    question, app = QUESTIONS[name], stage
    bad = f"b.bad{list(QUESTIONS).index(name)}"
    grants = Grants(capabilities={"net": 0}, hosts=frozenset(NAMED))
    request.addfinalizer(lambda: hosts(app).unload(bad))
    hosts(app).log.messages.clear()
    hosts(app).load(bad, {"main.py": MOD.format(url=question.url, count=question.count)}, grants=grants)

    def answered() -> list[str]:
        app.frame(STEP)
        found = [line for line in mod_lines(app) if line.startswith("answered ")]
        return found if len(found) >= question.count else []

    lines = until(answered, what=lambda: f"answers: {mod_lines(app)}")
    sizes = [int(line.split()[2]) for line in lines]
    assert not HARMS[question.harm](Seen(played, max(sizes), any(line.endswith("True") for line in lines)))
    about = [line for line in mod_lines(app) if f"mod '{bad}'" in line]
    assert len(about) == len(set(about)) <= 3
    assert all(line.isprintable() and len(line) < 300 for line in about)
    if question.told:
        assert any(question.told in line for line in about), mod_lines(app)


def test_there_is_one_for_each_way_out() -> None:
    assert {question.harm for question in QUESTIONS.values()} == HARMS.keys()
