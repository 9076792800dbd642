"""What takes longer than a blink is known before it begins."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu.edit.ids import id_texts
from taixu.scene import Transform
from taixu_editor.host import Host
from taixu_editor.long_acts import LongActs
from taixu_editor.texts import Texts


@pytest.fixture
def host() -> Any:
    made = Host()
    made.session.new()
    yield made
    made.close()


def acts(host: Host) -> LongActs:
    window: Any = SimpleNamespace(host=host, t=Texts())
    return LongActs(window)


def test_only_what_is_done_to_very_many_is_said(host: Host) -> None:
    world, says = host.session.world, acts(host)
    host.session.current.selection = tuple(id_texts(world.stable_ids(world.spawn_batch(1000, {Transform: {}}))))
    for operation in ("entity.duplicate", "play.start", "history.undo", "history.redo", "view.focus", "entity.delete"):
        assert says.of_operation(operation) == ""
    host.session.current.selection = tuple(id_texts(world.stable_ids(world.spawn_batch(120_000, {Transform: {}}))))
    assert says.of_operation("entity.duplicate") == "Duplicate"
    assert says.of_operation("play.start") == "Play"
    host.do("selection.none")
    assert says.of_operation("entity.duplicate") == ""


def test_undoing_takes_as_long_as_doing_did(host: Host) -> None:
    host.do("entity.spawn")
    history = host.session.history
    assert 0 < history.undo_secs < 0.1
    assert acts(host).of_operation("history.undo") == ""
    history.steps[0][-1].secs = 3.0
    assert acts(host).of_operation("history.undo") == "Undo"
    host.do("history.undo")
    assert 0 < history.redo_secs < 0.1


def test_large_worlds_say_that_they_are_opened(host: Host, tmp_path: Path) -> None:
    folder = tmp_path / "city" / "worlds"
    folder.mkdir(parents=True)
    (folder / "main.world.json").write_text("{}")
    assert acts(host).of_opening(tmp_path / "city") == ""
    with (folder / "main.0123.columns").open("wb") as file:
        file.truncate(8 << 20)
    assert acts(host).of_opening(tmp_path / "city") == "Opening city"
    assert acts(host).of_opening(folder / "main.world.json") == "Opening main"
    assert acts(host).of_opening(tmp_path / "nowhere") == ""
