"""Who floods is late by himself."""

from __future__ import annotations

import threading
from pathlib import Path

import numpy as np
import pytest

import taixu as tx
from taixu.twin.batch import Batch
from taixu.twin.inbox import Inbox, Letter, receipts_of
from taixu.twin.memory.writer import Writer
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin


def letter(topic: str, count: int = 1, *, source: str = "plant", value: int = 0) -> Letter:
    return Letter(Batch(topic, np.zeros(count, np.uint32), np.full(count, value), {}, source=source))


def taken(inbox: Inbox) -> list[tuple[str, str, int]]:
    return [(each.batch.source, each.batch.topic, int(each.batch.times_ns[0])) for each in inbox.take()]


def test_who_brings_many_letters_is_told_once() -> None:
    told: list[object] = []
    batch = letter("a").batch

    class Sender:
        def kept(self, tokens: list[int]) -> None:
            told.append(tokens)

    one, other = Sender(), Sender()
    letters = [Letter(batch, one.kept, 1), Letter(batch), Letter(batch, other.kept, 9), Letter(batch, one.kept, 2)]
    receipts = receipts_of([*letters, Letter(batch, lambda: told.append("alone"))])
    assert told == []
    for receipt in receipts:
        receipt()
    assert sorted(told, key=str) == [[1, 2], [9], "alone"]


def test_all_that_waits_is_taken_where_it_is_not_too_much() -> None:
    inbox = Inbox()
    for value, topic in enumerate("abcab"):
        assert inbox.put(letter(topic, value=value))
    assert inbox.waiting == 5
    found = taken(inbox)
    assert [value for _, topic, value in found if topic == "a"] == [0, 3] and len(found) == 5
    assert inbox.waiting == 0 and taken(inbox) == []


def test_a_topic_that_floods_does_not_delay_the_others() -> None:
    inbox = Inbox(max_taken=1000)
    for value in range(5000):
        inbox.put(letter("flood", 10, value=value))
    inbox.put(letter("calm", value=1))
    inbox.put(letter("calm", source="other", value=2))
    first = taken(inbox)
    assert ("plant", "calm", 1) in first and ("other", "calm", 2) in first
    assert 60 <= len(first) <= 120, "and no frame takes more than it can bear"
    order = [value for _, topic, value in first if topic == "flood"]
    while inbox.waiting:
        order += [value for _, topic, value in taken(inbox) if topic == "flood"]
    assert order == list(range(5000)), "in the order in which they came"


def test_a_source_that_floods_leaves_room_for_others() -> None:
    inbox = Inbox(max_readings=1000)
    while inbox.put(letter("flood", 10)):
        pass
    assert inbox.waiting == 500 and inbox.turned_away == 1
    brought = 0
    while inbox.put(letter("calm", 10, source="other")):
        brought += 10
    assert brought == 250, "and what is left is shared again"
    assert inbox.put(letter("calm", 10, source="third"))


def test_one_that_is_larger_than_the_room_is_taken_where_nothing_waits() -> None:
    inbox = Inbox(max_readings=10, max_taken=10)
    assert inbox.put(letter("a", 100)) and not inbox.put(letter("a", 1))
    assert inbox.put(letter("b", 1, source="other")), "of each source one is"
    assert len(taken(inbox)) == 2


def test_a_flood_of_topics_is_bounded() -> None:
    inbox = Inbox(max_taken=100)
    for value in range(6000):
        inbox.put(letter(f"t{value}", value=value))
    for value in range(6000, 6010):
        inbox.put(letter("t5999", value=value))
    (source,) = inbox._sources.values()
    assert len(source.topics) <= 4097
    order = []
    while inbox.waiting:
        order += taken(inbox)
    assert sorted(value for _, _, value in order) == list(range(6010))
    assert [value for _, topic, value in order if topic == "t5999"] == list(range(5999, 6010))


def test_many_threads_bring_and_one_takes() -> None:
    inbox, found = Inbox(max_readings=500, max_taken=100), []

    def bring(name: str) -> None:
        for value in range(500):
            while not inbox.put(letter("t", 3, source=name, value=value)):
                threading.Event().wait(0.001)

    threads = [threading.Thread(target=bring, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) or inbox.waiting:
        found += taken(inbox)
    assert all([value for source, _, value in found if source == name] == list(range(500)) for name in "abcd")


def test_while_nothing_can_be_recorded_readings_wait_where_they_came_from(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("taixu.twin.plugin._MOST_IN_VAIN", 5)
    with tx.App.headless(plugins=(TwinPlugin(),)) as app:
        configure_twin(app.world)
        begin_recording(app, tmp_path / "recording")
        inbox, kept = app.resource(Inbox), []
        with monkeypatch.context() as full:
            full.setattr(Writer, "is_full", property(lambda self: True))
            for _ in range(10):
                inbox.put(Letter(letter("t", 3).batch, lambda: kept.append(1)))
                app.run(ticks=1)
            assert inbox.waiting == 24 and not kept, "some are taken in, none is acknowledged, and then no more is taken"
        app.run(ticks=1)
        assert inbox.waiting == 0
    assert len(kept) == 10
