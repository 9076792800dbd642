"""The sample `city` without its houses: futures are watched as ghosts, a plan is followed, and what was is scrubbed to."""

from __future__ import annotations

import json
import os
import shutil
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from browser import TOKEN, Browser, Page, browser

import taixu as tx
from taixu.defaults.past import open_past
from taixu.serve import Access, Server
from taixu.serve.access import Guest, Role
from taixu.serve.past import PastSource
from taixu.simulation.worlds import Simulations
from taixu.twin.plugin import TwinPlugin, begin_recording, configure_twin

THINGS = "() => window.taixu.figures.value.things"
GHOSTS = "() => [...document.querySelectorAll('.future-swatch')].map((each) => getComputedStyle(each).backgroundColor)"
PEOPLE = 120


def small_world(sample: Path, folder: Path) -> Path:
    """The sample with few people, and of what is seen the stadium alone."""
    shutil.copytree(sample / "assets", folder / "assets", ignore=shutil.ignore_patterns("*.gltf*", "*.bin", "*.png", "map"))
    shutil.copy(sample / "taixu.toml", folder / "taixu.toml")
    document = json.loads((sample / "worlds" / "main.world.json").read_text())
    gone = ("map_feature", "terrain", "scatter")
    document["entities"] = {
        key: each for key, each in document["entities"].items()
        if not any(name in each for name in gone) and not str(each.get("model", {}).get("source", "")).endswith(".gltf")
    }  # fmt: skip
    cars = folder / "assets" / "cars.rou.xml"
    lines = [line for line in cars.read_text().splitlines() if "depart=" not in line or 'depart="0"' in line]
    cars.write_text("\n".join(lines))
    for each in document["entities"].values():
        if "navigation" in each:
            each["navigation"]["cell_m"] = 1.0
        if each.get("simulation", {}).get("kind") == "people":
            each["simulation"]["settings"]["groups"][0]["count"] = PEOPLE
    del document["settings"]["twin"]["simulators"], document["settings"]["twin"]["sources"]
    (folder / "worlds").mkdir()
    (folder / "worlds" / "main.world.json").write_text(json.dumps(document))
    return folder


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory, repository: Path) -> Iterator[Server]:
    ready, found = threading.Event(), list[Any]()
    folder = small_world(repository / "samples" / "city", tmp_path_factory.mktemp("city"))

    def run() -> None:
        try:
            with tx.App.headless(plugins=(TwinPlugin(),), trust=False) as app:
                app.clock.steps_per_sec = 10
                app.open(folder)
                app.settle()
                configure_twin(app.world)
                recorder = begin_recording(app, tmp_path_factory.mktemp("recording") / "city")
                app.insert_resource(PastSource(partial(open_past, recorder.about)))
                for _ in range(60):
                    app.frame(0.1)
                    if "people" in app.resource(Simulations).parts:
                        break
                server = Server(app, Access({TOKEN: Guest("ann", Role.OPERATE)}), port=0)
                found.append(server)
                ready.set()
                server.run(seconds=3600)
                server.close()
        except BaseException as error:
            found.append(error)
            ready.set()
            raise

    thread = threading.Thread(target=run, name="city")
    thread.start()
    assert ready.wait(180) and isinstance(found[0], Server), found
    yield found[0]
    found[0].stop()
    thread.join(180)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as running:
        yield running


def keep(page: Page, name: str) -> None:
    """Where somebody wants to look at pictures: TAIXU_KEEP_PICTURES names a folder."""
    if folder := os.environ.get("TAIXU_KEEP_PICTURES"):
        page.page.wait_for_timeout(4000)
        page.page.screenshot(path=Path(folder) / f"{name}.png")


def test_plans_are_watched_one_is_followed_and_the_past_is_there(chromium: Browser, city: Server) -> None:
    page = chromium.open(city.url, size=(760, 520), token=TOKEN, ready=False)
    page.page.wait_for_selector(".connection-open", state="attached")
    page.page.click("#tab-futures")
    plan, other = "every way out", "cloudburst"
    for kind, name in (("Plan", plan), ("Scenario", other)):
        page.page.get_by_label("What is tried").select_option(label=f"{kind}: {name}")
        page.page.get_by_role("button", name="Look ahead").click()
    for name in (plan, other):
        page.page.wait_for_selector(f'[data-future="{name}"][data-state="done"]')
    before = page.evaluate(THINGS)
    for name in (plan, other):
        page.page.locator(f'[data-future="{name}"]').get_by_role("button", name="Show ghosts").click()
    cells = page.page.locator('[data-kpi="People in the stadium"] td')

    def leave(texts: list[str]) -> bool:
        return len(texts) == 3 and int(texts[0]) > 0 and int(texts[1]) < PEOPLE

    page.until(cells.all_inner_texts, leave, what="people leave there")
    keep(page, "city-ghosts")
    page.until(lambda: page.evaluate(GHOSTS), lambda seen: len(set(seen)) == 2, what="a colour for each")
    page.until(lambda: page.evaluate(THINGS), lambda things: things > before, what="ghosts are there")

    page.page.locator(f'[data-future="{plan}"]').get_by_role("button", name="Follow the plan").click()
    page.page.get_by_role("button", name="Begin the plan").click()
    page.says(f'[data-future="{plan}"]', "Its plan is followed.")
    chosen = page.page.locator(f'[data-future="{other}"]')
    chosen.get_by_role("button", name="Adopt").click()
    chosen.get_by_label("Why").fill("so it came")
    chosen.get_by_role("button", name="Adopt it").click()
    page.says(f'[data-future="{other}"]', "The present goes on from it.")
    page.page.click("#tab-plans")
    page.page.wait_for_selector(f'[data-plan="{plan}"] [data-state="going on"]')

    page.page.click("#tab-commands")
    page.page.get_by_role("radio", name="Events").click()
    page.page.locator(".rows .row", has_text=f"{other} is adopted by ann: so it came").first.click()
    page.page.wait_for_selector(".chip-past")
    page.until(lambda: page.evaluate(THINGS), lambda things: things > 3, what="people stand where they stood")
    keep(page, "city-past")
    page.page.locator(".timeline").get_by_role("button", name="Live").click()
    page.page.wait_for_selector(".chip-live")
    late = ("409", "503")  # what cannot be done now, and a world that answers late where the machine has much else to do
    assert [line for line in page.problems if not any(each in line for each in late)] == []
    page.page.context.close()
