"""The queue: what runs, what waits, what fails, and that nothing is left of what is given up."""

from __future__ import annotations

import os
from typing import Any

from editor_flows import Hand, flow
from generating import choose_kind, open_generating, press, until, words


def with_samples(hand: Hand) -> Any:
    """The panel, where two more generators are known: one that is slow, and one that fails."""
    from generator_samples import Misbehaving, Slow

    generators = hand.host.studio.generators
    for each in (Slow, Misbehaving):
        if each.name not in {one.name for one in generators}:
            generators.add(each)
    return open_generating(hand, also=("viewport", "generate"))


@flow()
def work_is_queued_seen_in_the_status_line_moved_and_cancelled(hand: Hand) -> None:
    from taixu.generate.cache import work_folder

    panel = with_samples(hand)
    choose_kind(hand, "slow")
    words(hand, "slow and steady")
    hand.click_at(*panel.sliders.form.places["steps/value"])
    hand.type("2000", enter=True)
    until(hand, lambda: panel.draft.settings.get("steps") == 2000)
    press(hand, "count")
    hand.click("//$FOCUSED/###count 4")
    press(hand, "make")
    until(hand, lambda: panel.studio.running and panel.studio.running[0].progress > 0.0)
    assert len(panel.studio.tasks) == 4 and panel.studio.waiting
    last = panel.studio.waiting[-1]
    assert hand.exists("//###status/###generating")
    hand.click("//###generate/#CLOSE") if hand.exists("//###generate/#CLOSE") else setattr(panel, "is_open", False)
    hand.wait(3)
    assert not panel.is_open and len(panel.studio.tasks) == 4, "the queue does not care for the panel"
    hand.click("//###status/###generating")
    until(hand, lambda: panel.is_open)
    hand.wait(3)
    hand.click(f"**/{hash_of(last)}/###cancel")
    assert last not in panel.studio.tasks and last.state == "cancelled"
    hand.click("**/###cancel all")
    until(hand, lambda: not panel.studio.tasks and not panel.studio.looking.is_busy)
    assert not len(panel.studio.history)
    until(hand, lambda: not list(work_folder().glob(f"{os.getpid()}-*")))


def hash_of(task: Any) -> str:
    """How the hand finds a task's row."""
    return str(task.id)


@flow()
def what_fails_is_one_sentence_and_goes_by_a_click(hand: Hand) -> None:
    panel = with_samples(hand)
    choose_kind(hand, "misbehaving")
    words(hand, "whatever")
    how = panel.sliders.form.places["how"]
    hand.click_at(*how)
    hand.type("nan", enter=True)
    until(hand, lambda: panel.draft.settings.get("how") == "nan")
    press(hand, "make")
    until(hand, lambda: panel.studio.tasks and panel.studio.tasks[0].state == "failed")
    task = panel.studio.tasks[0]
    assert task.error.count(". ") == 0 and "\n" not in task.error and "numbers" in task.error
    assert not hand.exists("//###status/###generating"), "nothing runs any more"
    hand.click(f"**/{hash_of(task)}/###cancel")
    assert not panel.studio.tasks


@flow()
def hostile_words_are_refused_where_they_are_written(hand: Hand) -> None:
    panel = open_generating(hand, also=("generate",))
    words(hand, "hardcore porn")
    assert panel.draft.meaning.problem.startswith("this is not made:")
    press(hand, "make")
    hand.wait(3)
    assert not panel.studio.tasks and panel.studio.looking.wish is None
    assert any("not made" in toast.text for toast in hand.window.shell.toasts.shown)
