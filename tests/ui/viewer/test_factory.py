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
from browser import PATIENCE_SECS, Page, browser
from factory import TOKEN, Factory, factory

SIZE = (1180, 720)
ON_PAGE = "(id) => { const view = window.taixu.view.value; const at = view?.placeOf(id); return at && view.onPage(at); }"
PLACE = "(id) => window.taixu.view.value.placeOf(id)"
HEADING = "(name) => document.querySelector('.details h2')?.textContent === name"
SEEN_AT = """(id) => { const view = window.taixu.view.value, place = view.placeOf(id), at = place && view.onPage(place);
  if (!at) return null;
  for (let ring = 0; ring < 14; ring++) for (let step = 0; step < 12; step++) {
    const x = at[0] + 7 * ring * Math.cos(step / 6 * Math.PI), y = at[1] - 20 + 7 * ring * Math.sin(step / 6 * Math.PI);
    if (view.pick(x, y) === id) return [x, y];
  } return null; }"""


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    with factory(record=tmp_path_factory.mktemp("factory") / "recording", seconds=1800) as running:
        running.wait(lambda: running.ask("state")["readings"]["readings"] > 800, secs=PATIENCE_SECS, what="readings come in")
        yield running


@pytest.fixture(scope="module")
def page(plant: Factory) -> Iterator[Page]:
    with browser() as chromium:
        page = chromium.open(plant.url, size=SIZE, token=TOKEN, ready=False)
        page.page.wait_for_selector(".connection-open", state="attached")
        page.wait("() => window.taixu?.view.value && window.taixu.kinds.value")
        page.wait(f"({ON_PAGE})", argument=plant.find("Robot B2"))
        yield page


def _keep(page: Page, name: str) -> None:
    """For people: TAIXU_SHOTS=folder keeps what was seen."""
    if folder := os.environ.get("TAIXU_SHOTS"):
        page.page.screenshot(path=Path(folder) / f"factory-{name}.png")


def _select(page: Page, name: str) -> None:
    page.page.fill(".search input", name)
    page.page.locator(".results button", has_text=name).first.click()
    page.wait(HEADING, argument=name)


def test_things_are_seen_and_move(page: Page, plant: Factory) -> None:
    page.wait("() => window.taixu.isReady()")
    first = page.picture()
    agv = plant.find("AGV 3")
    start = page.evaluate(PLACE, agv)
    page.wait(
        f"([id, [x, , z]]) => {{ const now = ({PLACE})(id); return now && Math.hypot(now[0] - x, now[2] - z) > 2 }}",
        argument=[agv, start],
    )  # fmt: skip
    assert first[60:560, 280:860].std() > 20, "it is a picture, not a plain"

    def changed() -> float:
        return float((np.abs(first.astype(int) - page.picture()).max(axis=2) > 40)[60:560, 280:860].mean())

    page.until(changed, lambda share: 0.0005 < share < 0.4, what="arms, parts and people move, and the hall stands still")
    _keep(page, "alive")


def test_a_machine_is_clicked_and_read(page: Page, plant: Factory) -> None:
    _click(page, plant.find("Mill A"))
    page.wait(HEADING, argument="Mill A")
    page.value("motor.temperature", lambda degrees: 20 < degrees < 75)
    state = page.page.locator('[data-field="machine.state"] .value-number b')
    page.until(state.all_inner_texts, lambda texts: len(texts) == 1 and re.fullmatch("running|waiting", texts[0]), what="its state")
    page.counts(".chart canvas", 1)
    _keep(page, "machine")


def _click(page: Page, entity: str) -> None:
    """Click where picking gives an entity, again where something else came in between."""
    chosen = "() => window.taixu.selected.value"

    def click() -> Any:
        if at := page.evaluate(SEEN_AT, entity):
            page.page.mouse.click(*at)
            for _ in range(50):  # what is clicked soon follows
                if page.evaluate(chosen) == entity:
                    break
                page.page.wait_for_timeout(100)
        return page.evaluate(chosen)

    page.until(click, lambda found: found == entity, what="a click selects it")


def test_an_alarm_comes_and_is_acknowledged(page: Page, plant: Factory) -> None:
    plant.ask("commands", {"control": "drill", "entity": plant.find("Conveyor A1"), "value": "overheat"})
    row = page.page.locator(".column-right .alarm-critical:not(.alarm-seen)", has_text="Conveyor A1").first
    page.page.click("#tab-alarms")
    row.wait_for()
    _keep(page, "alarm")
    row.get_by_role("button", name="Acknowledge").click()
    page.page.wait_for_selector(".alarm-critical.alarm-seen")
    page.until(lambda: plant.ask("alarms")["alarms"], lambda alarms: any(each["acknowledged_by"] for each in alarms))


def test_the_minute_before_is_looked_at(page: Page, plant: Factory) -> None:
    plant.wait(lambda: _recorded_secs(plant) > 66, secs=2 * PATIENCE_SECS, what="a minute has been recorded")
    _select(page, "Conveyor A1")
    conveyor = plant.find("Conveyor A1")
    before_ns = time.time_ns()
    page.page.locator(".track").focus()
    for key in ("PageDown", "PageDown", "ArrowLeft", "ArrowLeft"):
        page.page.keyboard.press(key)
    after_ns = time.time_ns()
    page.page.wait_for_selector(".chip-past")

    def told_then() -> float:
        """By how much what is shown differs from what was recorded at the moment that is shown."""
        at_ns = round(page.evaluate("() => window.taixu.moment.value.time_ns"))
        assert before_ns - 90e9 < at_ns < after_ns - 58e9, f"{(after_ns - at_ns) / 1e9} s before is a minute ago"
        then = plant.ask(f"history/entity?entity={conveyor}&at_ns={at_ns}")["fields"]["motor.temperature"]["value"]
        return abs(page.value("motor.temperature", bool) - float(then))

    page.until(told_then, lambda apart: apart < 0.3, what="what was said then is shown")
    _keep(page, "past")
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")


def _recorded_secs(plant: Factory) -> float:
    told: Any = plant.ask("history")
    return (told["end_ns"] - told["start_ns"]) * 1e-9


def test_a_line_is_told_to_stop_and_seen_to_stop(page: Page, plant: Factory) -> None:
    _select(page, "Conveyor B2")
    page.value("belt.speed", lambda speed: abs(speed - 0.5) < 0.02)
    form = page.page.locator('[data-control="run"]')

    def order() -> None:
        form.get_by_role("radio", name="stopped").click()
        form.get_by_role("button", name="Send", exact=True).click()
        form.get_by_role("button", name="Send now").click()

    order()
    state = '() => document.querySelector(\'[data-control="run"] [data-state]\')?.dataset.state'

    def ended() -> Any:
        if (found := page.evaluate(state)) == "timed out":  # the machine was busier than the plant allows
            order()
        return found

    page.until(ended, lambda found: found == "observed", what="it is obeyed")
    page.value("belt.speed", lambda speed: speed == 0)
    _keep(page, "stopped")


def test_nothing_was_wrong_in_the_console(page: Page) -> None:
    assert [line for line in page.problems if "404" not in line] == [], "parts that have left are asked for in vain"
