"""Projects."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from documents import make_app

from taixu.edit import Project, create_project, open_project, read_project, write_project, write_world
from taixu.errors import TaixuError


def test_a_new_project(tmp_path: Path) -> None:
    project = create_project(tmp_path / "toys", licence="CC0-1.0")
    assert sorted(found.name for found in project.root.iterdir()) == ["assets", "mods", "scripts", "taixu.toml", "worlds"]
    with pytest.raises(TaixuError, match=r"worlds/main\.world\.json does not exist"):
        open_project(project.root)
    world = project.file(project.first_world)
    write_world(world, make_app().world)
    for path in (project.root, project.root / "taixu.toml", world):
        opened, found = open_project(path)
        assert (opened.name, opened.licence, found.resolve()) == ("toys", "CC0-1.0", world.resolve())
    with pytest.raises(TaixuError, match="is a project already"):
        create_project(project.root)


def test_a_world_alone_is_a_project(tmp_path: Path) -> None:
    path = tmp_path / "alone.world.json"
    write_world(path, make_app().world)
    project, world = open_project(path)
    assert (project.name, project.has_manifest, world) == ("alone", False, path)
    assert project.root == tmp_path.resolve()


def test_writing_keeps_comments_and_what_it_does_not_know(tmp_path: Path) -> None:
    text = (
        "# my toys\n[project]\nname = \"toys\"  # short\nversion = \"1.2\"\n\n"
        "[dependencies]\nold = \"1\"\n\n[tool.other]\nx = 1\n"
    )
    (tmp_path / "taixu.toml").write_text(text)
    project = read_project(tmp_path)
    project.version = "1.3"
    project.dependencies = {"windmill": ">=1.2"}
    write_project(project)
    written = (tmp_path / "taixu.toml").read_text()
    assert "# my toys" in written
    assert "# short" in written
    assert "[tool.other]\nx = 1" in written
    again = read_project(tmp_path)
    assert (again.name, again.version, again.dependencies) == ("toys", "1.3", {"windmill": ">=1.2"})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("nonsense", "this is no TOML"),
        ("", r"\[project\] is missing"),
        ("project = 5", r"\[project\] is missing"),
        ("[project]", "name is missing"),
        ('[project]\nname = 5', "name takes text"),
        ('[project]\nname = "x"\nversion = "new"', "is no version"),
        ('[project]\nname = "x"\nfirst_world = "../../etc/a.world.json"', "leads out of the project"),
        ('[project]\nname = "x"\nfirst_world = "a.txt"', r"ends in \.world\.json"),
        ('[project]\nname = "x"\n[dependencies]\n"a b" = "1"', "takes a mod's name"),
        ('dependencies = 5\n[project]\nname = "x"', "takes lines such as"),
    ],
)
def test_manifests_that_are_wrong_are_refused_in_one_sentence(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "taixu.toml").write_text(text)
    with pytest.raises(TaixuError, match=message) as caught:
        read_project(tmp_path)
    assert str(tmp_path / "taixu.toml") in str(caught.value)


def test_what_is_no_project_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("")
    for path, message in (
        (tmp_path, r"has no taixu\.toml"), (tmp_path / "a.txt", "neither"), (tmp_path / "b.world.json", "not exist"),
    ):
        with pytest.raises(TaixuError, match=message):
            open_project(path)


def test_assets_by_path_and_content(tmp_path: Path) -> None:
    project = Project(tmp_path, name="x")
    (tmp_path / "a.bin").write_bytes(b"one")
    assert project.hash_asset("a.bin") == hashlib.sha256(b"one").hexdigest()
    (tmp_path / "a.bin").write_bytes(b"three")
    assert project.hash_asset("a.bin") == hashlib.sha256(b"three").hexdigest()
    assert project.hash_asset("b.bin") is None
    assert project.hash_asset("../../etc/passwd") is None
    assert project.read_asset("a.bin") == b"three"
    assert project.path_of(tmp_path / "assets" / "x.glb") == "assets/x.glb"
    with pytest.raises(TaixuError, match="outside of the project"):
        project.path_of(tmp_path.parent / "x.glb")
