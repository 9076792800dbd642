from __future__ import annotations

from taixu.serve.pictures.pace import LEVELS, Pace


def run(pace: Pace, *, fps: float, delay_secs: float, takes_secs: float, since: float, secs: float) -> int:
    """Send whenever there is room, at most so often, to somebody who needs so long for each picture; gives how many were sent."""
    now, due, number, sent = since, since, int(since * 1000), 0
    waiting: list[tuple[float, int]] = []
    free = since
    while now < since + secs:
        while waiting and waiting[0][0] <= now:
            pace.shown(waiting.pop(0)[1], now)
        pace.review(now)
        if now >= due and pace.has_room:
            number, sent, due = number + 1, sent + 1, max(due + 1 / fps, now)
            pace.sent(number, now)
            free = max(free, now + delay_secs) + takes_secs * LEVELS[pace.level].bits
            waiting.append((free, number))
        now += 0.002
    for at, each in waiting:
        pace.shown(each, at)
    return sent


def test_a_quick_viewer_gets_all_and_the_best() -> None:
    pace = Pace(30, 0.0)
    assert run(pace, fps=30, delay_secs=0.02, takes_secs=0.005, since=0.0, secs=10.0) >= 295
    assert pace.level == 0 and pace.most == 3


def test_a_long_way_is_no_slow_viewer() -> None:
    pace = Pace(30, 0.0)
    assert run(pace, fps=30, delay_secs=0.15, takes_secs=0.002, since=0.0, secs=20.0) > 560
    assert pace.level == 0 and 3 < pace.most <= 10, "more are under way, for the way is long"


def test_who_takes_long_gets_less_until_he_keeps_up() -> None:
    pace = Pace(30, 0.0)
    run(pace, fps=30, delay_secs=0.01, takes_secs=0.08, since=0.0, secs=15.0)
    assert pace.level >= 2, "eighty milliseconds a picture are twelve a second; a third of the bits is quick enough"


def test_who_has_become_quick_gets_more_again() -> None:
    pace = Pace(30, 0.0)
    run(pace, fps=30, delay_secs=0.01, takes_secs=0.08, since=0.0, secs=10.0)
    assert pace.level > 0
    run(pace, fps=30, delay_secs=0.01, takes_secs=0.002, since=12.0, secs=60.0)
    assert pace.level == 0


def test_a_level_that_was_too_much_is_tried_again_later_each_time() -> None:
    pace = Pace(30, 0.0)
    changes = []
    before = 0
    for second in range(200):
        run(pace, fps=30, delay_secs=0.01, takes_secs=0.045, since=float(second), secs=1.0)
        if pace.level != before:
            changes.append(second)
            before = pace.level
    late = [each for each in changes if each >= 100]
    early = [each for each in changes if each < 60]
    assert len(early) >= 3, "up and down at first"
    assert len(late) < len(early), "and ever less"


def test_nobody_takes_more_than_was_sent() -> None:
    pace = Pace(30, 0.0)
    for number in range(1, 4):
        pace.sent(number, 0.01 * number)
    assert not pace.has_room and pace.under_way == 3
    pace.shown(2, 0.1)
    assert pace.has_room and pace.under_way == 1
    pace.shown(1, 0.1)  # late news
    pace.shown(-7, 0.1)
    assert pace.under_way == 1
    pace.shown(3, 0.2)
    assert pace.under_way == 0


def test_a_viewer_who_says_nothing_is_full_and_goes_down() -> None:
    pace = Pace(30, 0.0)
    for number in range(1, 4):
        pace.sent(number, 0.0)
    assert pace.review(2.5)
    assert pace.level == 1
