"""The factory in a browser: things move, a machine is read, an alarm acknowledged, the past looked at, a line stopped."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from browser import Page, browser
from factory import TOKEN, Factory, factory

SIZE = (1180, 720)
ON_PAGE = "(id) => { const view = window.taixu.view.value; const at = view?.placeOf(id); return at && view.onPage(at); }"
PLACE = "(id) => window.taixu.view.value.placeOf(id)"
HEADING = "(name) => document.querySelector('.details h2')?.textContent === name"
_CHANCES = 60
"""Seconds that anything may take here: the machine may have much else to do."""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    with factory(record=tmp_path_factory.mktemp("factory") / "recording", seconds=400) as running:
        running.wait(lambda: running.ask("state")["readings"]["readings"] > 800, secs=_CHANCES, what="readings come in")
        yield running


@pytest.fixture(scope="module")
def page(plant: Factory) -> Iterator[Page]:
    with browser() as chromium:
        page = chromium.open(plant.url, size=SIZE, token=TOKEN, ready=False)
        page.page.set_default_timeout(_CHANCES * 1000)
        page.page.wait_for_selector(".connection-open", state="attached")
        page.wait("() => window.taixu?.view.value && window.taixu.kinds.value", secs=_CHANCES)
        page.wait(f"({ON_PAGE})", argument=plant.find("Robot B2"), secs=_CHANCES)
        yield page


def _keep(page: Page, name: str) -> None:
    """For people: TAIXU_SHOTS=folder keeps what was seen."""
    if folder := os.environ.get("TAIXU_SHOTS"):
        page.page.screenshot(path=Path(folder) / f"factory-{name}.png")


def _select(page: Page, name: str) -> None:
    page.page.fill(".search input", name)
    page.page.locator(".results button").first.click()
    page.wait(HEADING, argument=name, secs=_CHANCES)


def _number(page: Page, field: str) -> float:
    return float(page.page.locator(f'[data-field="{field}"] .value-number b').inner_text().replace(",", ""))


def test_things_are_seen_and_move(page: Page, plant: Factory) -> None:
    agv = plant.find("AGV 3")
    start = page.evaluate(PLACE, agv)
    page.wait(
        f"([id, [x, , z]]) => {{ const now = ({PLACE})(id); return now && Math.hypot(now[0] - x, now[2] - z) > 2 }}",
        argument=[agv, start], secs=_CHANCES,
    )  # fmt: skip
    page.page.wait_for_timeout(1000)
    first = page.picture()
    page.page.wait_for_timeout(1500)
    changed = np.abs(first.astype(int) - page.picture()).max(axis=2) > 40
    middle = changed[60:560, 280:860]
    assert 0.0005 < middle.mean() < 0.4, "arms, parts and people move, and the hall stands still"
    assert middle.shape and first[60:560, 280:860].std() > 20, "it is a picture, not a plain"
    _keep(page, "alive")


def test_a_machine_is_clicked_and_read(page: Page, plant: Factory) -> None:
    x, y = _clickable(page, plant.find("Mill A"))
    page.page.mouse.click(x, y)
    page.wait(HEADING, argument="Mill A", secs=_CHANCES)
    assert 20 < _number(page, "motor.temperature") < 75
    assert re.fullmatch("running|waiting", page.page.locator('[data-field="machine.state"] .value-number b').inner_text())
    assert page.page.locator(".chart canvas").count() == 1
    _keep(page, "machine")


def _clickable(page: Page, entity: str) -> tuple[float, float]:
    """A point of the page at which picking gives an entity."""
    at = page.evaluate(
        """(id) => { const view = window.taixu.view.value, [x, y] = view.onPage(view.placeOf(id));
        for (let ring = 0; ring < 14; ring++) for (let step = 0; step < 12; step++) {
          const px = x + 7 * ring * Math.cos(step / 6 * Math.PI), py = y - 20 + 7 * ring * Math.sin(step / 6 * Math.PI);
          if (view.pick(px, py) === id) return [px, py];
        } return null; }""",
        entity,
    )
    assert at is not None, "it is seen somewhere"
    return float(at[0]), float(at[1])


def test_an_alarm_comes_and_is_acknowledged(page: Page, plant: Factory) -> None:
    plant.ask("commands", {"control": "drill", "entity": plant.find("Conveyor A1"), "value": "overheat"})
    row = page.page.locator(".column-right .alarm-critical:not(.alarm-seen)", has_text="Conveyor A1").first
    page.page.click("#tab-alarms")
    row.wait_for()
    _keep(page, "alarm")
    row.get_by_role("button", name="Acknowledge").click()
    page.page.wait_for_selector(".alarm-critical.alarm-seen")
    assert any(each["acknowledged_by"] for each in plant.ask("alarms")["alarms"])


def test_the_minute_before_is_looked_at(page: Page, plant: Factory) -> None:
    plant.wait(lambda: _recorded_secs(plant) > 66, secs=90, what="a minute has been recorded")
    _select(page, "Conveyor A1")
    live_ns = time.time_ns()
    page.page.locator(".track").focus()
    for key in ("PageDown", "PageDown", "ArrowLeft", "ArrowLeft"):
        page.page.keyboard.press(key)
    page.page.wait_for_selector(".chip-past")
    page.wait("(ns) => window.taixu.moment.value && window.taixu.moment.value.time_ns < ns", argument=live_ns - 55e9, secs=_CHANCES)
    at_ns = round(page.evaluate("() => window.taixu.moment.value.time_ns"))
    assert live_ns - at_ns < 75e9, "a minute ago"
    then = plant.ask(f"history/entity?entity={plant.find('Conveyor A1')}&at_ns={at_ns}")["fields"]["motor.temperature"]["value"]
    page.wait(
        "([then, field]) => Math.abs(+document.querySelector(field)?.textContent - then) < 0.3",
        argument=[then, '[data-field="motor.temperature"] .value-number b'], secs=_CHANCES,
    )  # fmt: skip
    _keep(page, "past")
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")


def _recorded_secs(plant: Factory) -> float:
    told: Any = plant.ask("history")
    return (told["end_ns"] - told["start_ns"]) * 1e-9


def test_a_line_is_told_to_stop_and_seen_to_stop(page: Page, plant: Factory) -> None:
    _select(page, "Conveyor B2")
    assert _number(page, "belt.speed") == pytest.approx(0.5, abs=0.02)
    form = page.page.locator('[data-control="run"]')
    form.get_by_role("radio", name="stopped").click()
    form.get_by_role("button", name="Send", exact=True).click()
    confirm = form.get_by_role("button", name="Send now")
    confirm.wait_for()
    confirm.click()
    form.locator('[data-state="observed"]').wait_for()
    page.wait("() => +document.querySelector('[data-field=\"belt.speed\"] .value-number b')?.textContent === 0", secs=_CHANCES)
    _keep(page, "stopped")


def test_nothing_was_wrong_in_the_console(page: Page) -> None:
    assert [line for line in page.problems if "404" not in line] == [], "parts that have left are asked for in vain"
