"""Mods out of words in the editor: made, tried in the box, kept as one step that can be undone, and run when they are agreed to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from taixu.errors import UsageError
from taixu_editor.generating.scripts import target_of
from taixu_editor.host import Host

LAMP = "a lamp that follows the crate at night and sings"


@pytest.fixture
def host(tmp_path: Path, repository: Path) -> Iterator[Host]:
    import shutil

    shutil.copytree(repository / "assets" / "templates" / "empty", tmp_path / "project")
    made = Host()
    made.open(tmp_path / "project")
    yield made
    made.close()


def test_a_mod_is_made_tried_and_kept_in_one_step(host: Host) -> None:
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    done = host.do("generate.start", generator="script", prompt=LAMP, seed=3, wait=True)
    assert isinstance(done, dict)
    entry = host.studio.history.find(done["results"][0])
    assert entry.makes == "script" and "names" in entry.wish.settings
    trial = host.do("generate.try", result=entry.id)
    assert isinstance(trial, dict) and trial["spawned"] == 1 and trial["refused"] == 0 and not trial["fault"]
    before = len(host.session.history._done)
    kept = host.do("generate.keep", result=entry.id)
    root = host.session.project.root
    folder = root / "mods" / "lamp_follows_crate_night"
    assert kept == ["mods/lamp_follows_crate_night/main.py", "mods/lamp_follows_crate_night/mod.toml"]
    assert sorted(file.name for file in folder.iterdir()) == ["main.py", "main.py.asset.toml", "mod.toml", "mod.toml.asset.toml"]
    assert 'prompt = "a lamp that' in (folder / "main.py.asset.toml").read_text()
    assert len(host.session.history._done) == before + 1
    host.do("history.undo")
    assert not (folder / "main.py").exists() and not (folder / "mod.toml").exists()
    host.do("history.redo")
    assert (folder / "main.py").is_file()
    # The same mod again goes over itself; what it asks for is asked of a person, as for any other.
    assert target_of(host.session.project, {"mod.toml": (folder / "mod.toml").read_text()}) == "mods/lamp_follows_crate_night"
    found = host.do("mods.look")
    assert isinstance(found, dict) and any("me.lamp_follows_crate_night" in line for line in found["lines"])


@pytest.mark.parametrize("folder", ["mods", "mods/..", "scripts/a", "mods/a/b", "/mods/a", "mods/a\\b", ""])
def test_a_mod_is_written_among_mods_and_nowhere_else(host: Host, folder: str) -> None:
    with pytest.raises(UsageError):
        host.do("generate.write_mod", folder=folder, files={"main.py": "import game\n"})


@pytest.mark.parametrize("name", ["../x.py", ".hidden", "a/b.py", ""])
def test_names_of_files_are_plain(host: Host, name: str) -> None:
    with pytest.raises(UsageError):
        host.do("generate.write_mod", folder="mods/a", files={name: "import game\n"})
