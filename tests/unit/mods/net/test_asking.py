"""Asking a server by https: one that plays its part on this machine, and what it may try."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from played_net import HOST, PUBLIC, Asked, PlayedNet
from waiting import until

from taixu.app import App
from taixu.errors import TaixuError
from taixu.mods.net import NetBroker
from taixu.mods.net.https import Line, Page, ask_page
from taixu.platform import AnswerEvent, Input, PlatformPlugin


@pytest.fixture(scope="module")
def net(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedNet]:
    made = PlayedNet(tmp_path_factory.mktemp("net"))
    yield made
    made.end()


def ask(net: PlayedNet, path: str, *, longest_secs: float = 30.0, **more: str) -> Page:
    facts = {"method": "GET", "body": "", **more}
    return ask_page(f"https://{HOST}{path}", hosts={HOST}, line=net.line(longest_secs=longest_secs), **facts)


def test_a_page_comes_as_text(net: PlayedNet) -> None:
    assert ask(net, "/a?b=c") == Page(200, "page \ufffd of /a?b=c")
    assert net.heard.asked[-1] == Asked("GET", "/a?b=c", HOST, "", is_clear=False)
    assert ask(net, "/missing") == Page(404, "nothing")


def test_what_is_sent_is_json_where_it_looks_so(net: PlayedNet) -> None:
    assert ask(net, "/", method="POST", body='{"a": "ä"}').text == 'application/json: {"a": "ä"}'
    assert ask(net, "/", method="POST", body="hello").text == "text/plain; charset=utf-8: hello"


def test_the_address_that_was_looked_up_is_the_one_that_is_connected_to(net: PlayedNet) -> None:
    net.forget()
    ask(net, "/once")
    assert (net.asked, net.connected) == ([HOST], [(PUBLIC, 443)])


def test_turns_stay_at_the_host(net: PlayedNet) -> None:
    assert ask(net, "/here").text.endswith("/there")
    for path, why in (("/away", "another host"), ("/down", "only https"), ("/inside", "no name of a host"), ("/circle", "circles")):
        with pytest.raises(TaixuError, match=why):
            ask(net, path)


def test_too_much_and_nonsense_are_told(net: PlayedNet) -> None:
    with pytest.raises(TaixuError, match="more than 256 KB"):
        ask(net, "/large")
    with pytest.raises(TaixuError, match="cannot be asked"):
        ask(net, "/rubbish")


@pytest.mark.parametrize("path", ["/slow", "/drip"])
def test_who_is_slow_is_left(net: PlayedNet, path: str) -> None:
    with pytest.raises(TaixuError, match=r"did not answer within 0\.3 s"):
        ask(net, path, longest_secs=0.3)


def test_a_certificate_of_somebody_else_is_refused(net: PlayedNet) -> None:
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


def test_answers_come_as_input(net: PlayedNet, app: App) -> None:
    broker = NetBroker(line=net.line())
    broker.ask(app.world, "a.mod", {HOST}, name="rates", url=f"https://{HOST}/x")
    broker.ask(app.world, "a.mod", {HOST}, name="evil", url="https://evil.example.com/")
    first, second = sorted(answers(app, broker, 2), key=lambda event: event.name)
    assert (first.owner, first.name, first.status, first.text) == ("a.mod", "evil", 0, "")
    assert "not among the hosts" in first.error
    assert second == AnswerEvent("a.mod", "rates", 200, "page \ufffd of /x", "")
    until(lambda: broker.waiting == 0, what="nothing on its way")


def test_floods_are_refused_and_others_go_on(net: PlayedNet, app: App) -> None:
    broker = NetBroker(line=net.line())
    for number in range(40):
        broker.ask(app.world, "a.mod", {HOST}, name=str(number), url=f"https://{HOST}/x")
    broker.ask(app.world, "b.mod", {HOST}, name="mine", url=f"https://{HOST}/x")
    found = answers(app, broker, 41)
    assert sum(event.status == 200 for event in found if event.owner == "a.mod") <= 12
    assert [event.status for event in found if event.owner == "b.mod"] == [200]


def test_where_a_wall_is_missing_nobody_is_asked(net: PlayedNet, app: App) -> None:
    net.forget()
    broker = NetBroker(lambda: "the wall has gaps", line=net.line())
    broker.ask(app.world, "a.mod", {HOST}, name="rates", url=f"https://{HOST}/x")
    assert answers(app, broker, 1)[0].error == "the wall has gaps"
    assert net.connected == []
