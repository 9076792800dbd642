"""Agents at a running editor: a client in another process waits, while a person reads what it wants and answers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import thread_time
from typing import Any

from assets import wait_until
from editor_flows import Hand, flow

from taixu_editor.consent_dialog import ConsentDialog

_CLIENT = Path(__file__).parents[2] / "support" / "agent_client.py"
BOX = "00000000000000b1"
PLACE = {
    "operation": "entity.spawn",
    "parameters": {"id": BOX, "name": "Crate", "components": {"shape": {"kind": "box"}, "transform": {"position": [0, 1, 0]}}},
}
MOVE = {"operation": "transform.set", "parameters": {"transforms": {BOX: {"position": [0, 2, 0]}}}}
PAINT = {
    "operation": "component.add",
    "parameters": {"component": "material", "fields": {"base_color": [1, 0, 0, 1]}, "entities": [BOX]},
}


def let_in(hand: Hand) -> None:
    """Through the menu and the settings."""
    hand.menu("###Edit/###editor.agents")
    hand.wait(3)
    hand.click("**/###start agents")
    wait_until(hand, lambda: hand.window.shell.agents.is_on)
    hand.wait(3)


@contextmanager
def agent(hand: Hand, *calls: tuple[str, dict[str, Any]], at_once: int = 1) -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """A client that calls tools; gives what it was told so far."""
    server = hand.window.shell.agents.server
    out = hand.folder / "told.json"
    out.unlink(missing_ok=True)
    command = [sys.executable, str(_CLIENT), server.url, server.token, str(out), str(at_once)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(json.dumps(calls).encode())
    process.stdin.close()

    def told() -> list[dict[str, Any]]:
        assert process.poll() in (None, 0), process.stderr and process.stderr.read().decode()[-800:]
        return json.loads(out.read_text()) if out.exists() else []

    try:
        yield told
    finally:
        process.kill()
        process.wait()


def answer(hand: Hand, button: str) -> None:
    """Wait for the question, and until it takes an answer."""
    dialogs = hand.window.shell.dialogs
    wait_until(hand, lambda: isinstance(dialogs.current, ConsentDialog))
    wait_until(hand, lambda: dialogs.current.takes_answers)
    hand.wait(2)
    hand.click(f"//###dialog/###{button}")


def stop(hand: Hand) -> None:
    """Nobody is let in any more, by the palette."""
    hand.keys("Ctrl+P")
    hand.type("let no agent in", enter=True)
    wait_until(hand, lambda: not hand.window.shell.agents.is_on)


@flow("samples/gallery")
def a_batch_of_an_agent_is_read_allowed_seen_and_undone(hand: Hand) -> None:
    before = hand.session.world.state_hash()
    steps = len(hand.session.history.steps[0])
    let_in(hand)
    hand.click("//###dialog/###Close")
    batch = {"steps": [PLACE, MOVE, PAINT], "label": "a red crate"}
    with agent(hand, ("apply", batch), ("apply", {"steps": [MOVE]}), ("undo", {}), ("undo", {})) as told:
        wait_until(hand, lambda: isinstance(hand.window.shell.dialogs.current, ConsentDialog))
        assert told() == [] and hand.session.world.state_hash() == before, "nothing is done before the answer"
        wait_until(hand, lambda: hand.window.shell.dialogs.current.takes_answers)
        hand.move(5, 690)
        hand.picture("agent_asks", panel="dialog")
        answer(hand, "Allow once")
        wait_until(hand, lambda: len(told()) == 1)
        assert told()[0]["error"] == ""
        assert list(told()[0]["data"]["added"]) == [BOX]
        history = hand.session.history
        assert len(history.steps[0]) == steps + 1, "a batch is one step"
        assert history.undo_label == "Builder: a red crate"
        assert hand.session.current.selection == (BOX,), "what it did is selected"
        assert any("Builder: a red crate" in toast.text for toast in hand.window.shell.toasts.shown)
        answer(hand, "Refuse")  # the second one changes nothing, and is refused
        wait_until(hand, lambda: len(told()) == 2)
        assert "did not consent to apply" in told()[1]["error"]
        answer(hand, "Allow for this session")
        wait_until(hand, lambda: len(told()) == 4)
        assert [each["data"]["result"] for each in told()[2:]] == [True, False], "its own step, and no more"
    assert hand.session.world.state_hash() == before
    stop(hand)


@flow("samples/gallery")
def the_user_undoes_a_batch_where_it_is_said(hand: Hand) -> None:
    before = hand.session.world.state_hash()
    let_in(hand)
    hand.click("**/###allow apply")
    hand.move(5, 690)
    hand.picture("settings_agents_tools", panel="dialog", hide=what_differs(hand))
    hand.click("//###dialog/###Close")
    with agent(hand, ("apply", {"steps": [PLACE], "label": "a crate"})) as told:
        wait_until(hand, lambda: len(told()) == 1)
        assert told()[0]["error"] == ""
    assert hand.session.world.state_hash() != before
    toast = next(each for each in hand.window.shell.toasts.shown if each.action == "Undo")
    hand.click(f"//###toast{id(toast)}/###act")
    hand.wait(3)
    assert hand.session.world.state_hash() == before
    hand.keys("Ctrl+Shift+Z")
    assert hand.session.world.state_hash() != before
    hand.keys("Ctrl+Z")
    assert hand.session.world.state_hash() == before
    stop(hand)
    assert hand.window.shell.agents.consent.allowed == set(), "what was allowed is forgotten"


def what_differs(hand: Hand) -> tuple[tuple[float, float, float, float], ...]:
    """The port, in the line above and in the address, and what is said below."""
    from imgui_bundle import imgui

    found = imgui.internal.find_window_by_name("###dialog")
    x, y, wide, tall = found.pos.x, found.pos.y, found.size.x, found.size.y
    port, address = (wide * 0.3, tall * 0.18, wide * 0.3, tall * 0.06), (wide * 0.28, tall * 0.36, wide * 0.45, tall * 0.06)
    places = (port, address, (4.0, tall * 0.89, wide, tall * 0.11))
    return tuple((x + left, y + top, width, height) for left, top, width, height in places)


@flow("samples/gallery")
def an_agent_that_gives_up_takes_its_question_along(hand: Hand) -> None:
    let_in(hand)
    hand.click("//###dialog/###Close")
    with agent(hand, ("query_world", {"name": "ball"})):
        wait_until(hand, lambda: isinstance(hand.window.shell.dialogs.current, ConsentDialog))
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    with agent(hand, ("query_world", {"name": "ball"})) as told:
        answer(hand, "Allow once")
        wait_until(hand, lambda: len(told()) == 1)
        assert told()[0]["error"] == ""
    stop(hand)


@flow("samples/gallery")
def a_question_that_nobody_answers_ends(hand: Hand) -> None:
    let_in(hand)
    hand.click("//###dialog/###Close")
    with agent(hand, ("query_world", {})) as told:
        wait_until(hand, lambda: isinstance(hand.window.shell.dialogs.current, ConsentDialog))
        hand.window.shell.agents.questions[0].until = 0.0  # as if two minutes had gone by
        wait_until(hand, lambda: len(told()) == 1)
        assert "nobody answered whether you may read the world's entities" in told()[0]["error"]
    wait_until(hand, lambda: hand.window.shell.dialogs.current is None)
    stop(hand)


@flow("samples/gallery")
def who_is_refused_three_times_is_not_asked_about_again(hand: Hand) -> None:
    let_in(hand)
    hand.click("//###dialog/###Close")
    with agent(hand, *[("take_picture", {"width": 64, "height": 36})] * 4) as told:
        for _ in range(3):
            answer(hand, "Refuse")
            wait_until(hand, lambda: not isinstance(hand.window.shell.dialogs.current, ConsentDialog))
        wait_until(hand, lambda: len(told()) == 4)
        assert all("did not consent" in each["error"] for each in told())
    stop(hand)


@flow("samples/gallery")
def a_crowd_of_requests_does_not_still_the_window(hand: Hand) -> None:
    let_in(hand)
    hand.click("**/###allow query_world")
    hand.click("//###dialog/###Close")
    frames: list[float] = []
    before = hand.window.frame
    hand.window.frame = lambda: frames.append(timed(before))
    try:
        with agent(hand, *[("query_world", {"limit": 1})] * 200, at_once=200) as told:
            wait_until(hand, lambda: len(told()) == 200, secs=120.0)
            answers = [each["error"] for each in told()]
    finally:
        hand.window.frame = before
    assert answers.count("") >= 60, set(answers)
    assert all("wait already" in said for said in answers if said), set(answers)
    median = sorted(frames)[len(frames) // 2]
    assert median < 0.1 and max(frames) < 1.0, f"median {median:.3f} s, longest {max(frames):.3f} s"
    stop(hand)


def timed(act: Callable[[], None]) -> float:
    """The processor's seconds that the window's own thread takes for something."""
    started = thread_time()
    act()
    return thread_time() - started
