"""A plan is started on a branch, two futures are watched as ghosts, one is adopted, and what was before is scrubbed back to."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browser import TOKEN, Browser, Page, browser
from small_town import TOWN, build_town

import taixu as tx
from taixu.defaults.past import open_past
from taixu.edit import Project
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.past import PastSource
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

SIZE = (1000, 640)
THINGS = "() => window.taixu.figures.value.things"
GHOSTS = "() => [...document.querySelectorAll('.future-swatch')].map((each) => getComputedStyle(each).backgroundColor)"


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The small town, recorded and served."""
    ready, found = threading.Event(), list[Server]()
    folder = tmp_path_factory.mktemp("town")

    def past(about: Any) -> Any:
        app = open_past(about)
        app.insert_resource(Project(folder))
        return app

    def run() -> None:
        with tx.App.headless(plugins=(TwinPlugin(),)) as app:
            build_town(app, folder)
            configure_twin(app.world)
            recorder = begin_recording(app, folder / "recording")
            app.insert_resource(PastSource(partial(past, recorder.about)))
            app.frame(0.5)
            server = Server(app, Access({TOKEN: Guest("ann", Role.OPERATE)}), port=0)
            found.append(server)
            ready.set()
            server.run(seconds=3600)
            server.close()

    thread = threading.Thread(target=run, name="small town")
    thread.start()
    assert ready.wait(180)
    yield found[0]
    found[0].stop()
    thread.join(180)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def look_ahead(page: Page, what: str) -> None:
    page.page.get_by_label("What is tried").select_option(label=what)
    page.page.get_by_role("button", name="Look ahead").click()


def keep(page: Page, name: str) -> None:
    """Where somebody wants to look at pictures: TAIXU_KEEP_PICTURES names a folder."""
    if folder := os.environ.get("TAIXU_KEEP_PICTURES"):
        page.page.wait_for_timeout(4000)  # what has just come is fetched and drawn
        page.page.screenshot(path=Path(folder) / f"{name}.png")


def test_futures_are_tried_watched_adopted_and_scrubbed_back_from(chromium: Browser, town: Server) -> None:
    page = chromium.open(town.url, size=SIZE, token=TOKEN, ready=False)
    page.page.wait_for_selector(".connection-open", state="attached")
    page.page.click("#tab-futures")
    page.says(".futures", "No futures are being looked at.")
    scenario, plan = TOWN["scenarios"][0]["name"], TOWN["plans"][1]["name"]

    look_ahead(page, f"Plan: {plan}")
    look_ahead(page, f"Scenario: {scenario}")
    for name in (plan, scenario):
        page.page.wait_for_selector(f'[data-future="{name}"][data-state="done"]')
        page.page.locator(f'[data-future="{name}"]').get_by_role("button", name="Show ghosts").click()
    page.says('[data-kpi="points"]', "100")
    page.says('[data-kpi="Gates shut"]', "Gates shut")
    cells = page.page.locator('[data-kpi="Gates shut"] td')
    page.until(cells.all_inner_texts, lambda texts: texts == ["1", "0", "1"], what="the plan opens the gate there alone")
    colors = page.until(lambda: page.evaluate(GHOSTS), lambda seen: len(set(seen)) == 2, what="a colour for each")
    assert "rgb(0, 0, 0)" not in colors
    page.until(lambda: page.evaluate(THINGS), lambda things: things > len(colors) + 2, what="ghosts are there")
    page.wait("() => window.taixu.isReady()")
    keep(page, "futures-ghosts")

    first = page.page.locator(f'[data-future="{scenario}"]')
    first.get_by_role("button", name="Differences").click()
    page.says(f'[data-future="{scenario}"] .future-differences', "simulation.settings")
    first.get_by_role("button", name="Hide ghosts").click()
    page.until(lambda: page.evaluate(GHOSTS), lambda seen: len(set(seen)) == 1, what="its ghosts are gone")

    first.get_by_role("button", name="Adopt").click()
    first.get_by_label("Why").fill("it will rain")
    keep(page, "futures-confirm")
    first.get_by_role("button", name="Adopt it").click()
    page.says(f'[data-future="{scenario}"]', "The present goes on from it.")
    keep(page, "futures-adopted")
    page.page.locator(f'[data-future="{plan}"]').get_by_role("button", name="Follow the plan").click()
    page.page.get_by_role("button", name="Begin the plan").click()
    page.says(f'[data-future="{plan}"]', "Its plan is followed.")
    for name in (plan, scenario):
        page.page.locator(f'[data-future="{name}"]').get_by_role("button", name="Discard").click()
        page.page.get_by_role("button", name="Discard it").click()
    page.says(".futures", "No futures are being looked at.")
    page.page.click("#tab-plans")
    page.page.wait_for_selector(f'[data-plan="{plan}"] [data-state="going on"]')

    page.page.click("#tab-commands")
    page.page.get_by_role("radio", name="Events").click()
    event = page.page.locator(".rows .row", has_text=f"{scenario} is adopted by ann: it will rain")
    event.first.click()  # back to just then
    page.page.wait_for_selector(".chip-past")
    page.page.locator(".track").focus()

    for _ in range(5):
        page.page.keyboard.press("ArrowLeft")
    street_and_gate = 2
    page.until(lambda: page.evaluate(THINGS), lambda things: things > street_and_gate, what="cars stand where they stood")
    page.wait("() => window.taixu.isStill()")
    keep(page, "futures-past")
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")
    assert [line for line in page.problems if "409" not in line] == []
    page.page.context.close()


def test_a_command_is_tried_before_it_is_given(chromium: Browser, town: Server) -> None:
    page = chromium.open(town.url, size=SIZE, token=TOKEN, ready=False)
    page.page.wait_for_selector("#tab-futures")
    page.page.fill(".search input", "Gate")
    page.page.locator(".results button", has_text="Gate").first.click()
    form = page.page.locator('[data-control="gate"]')
    form.get_by_role("radio", name="open").click()
    form.get_by_role("button", name="Try ahead").click()
    tried = page.page.locator('.future[data-state="done"]')
    tried.wait_for()
    cells = page.page.locator('[data-kpi="Gates shut"] td')
    page.until(cells.all_inner_texts, lambda texts: texts == ["1", "0"], what="the gate is open there alone")
    tried.get_by_role("button", name="Accept").click()
    page.page.get_by_role("button", name="Send them").click()
    page.says(".future .problem", "none of the commands was sent", "the source 'town' is not there")
    tried.get_by_role("button", name="Discard").click()
    page.page.get_by_role("button", name="Discard it").click()
    page.says(".futures", "No futures are being looked at.")
    page.page.context.close()


def test_futures_speak_chinese(chromium: Browser, town: Server) -> None:
    page = chromium.open(town.url, size=SIZE, token=TOKEN, ready=False)
    page.page.wait_for_selector(".connection-open", state="attached")
    page.page.click(".language")
    page.page.click("#tab-futures")
    page.says(".futures", "没有正在推演的未来。", "推演", "保持现状")
    page.page.get_by_role("button", name="推演").click()
    page.says('[data-future="保持现状"]', "显示虚影", "采用", "丢弃")
    page.page.context.close()
