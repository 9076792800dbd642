from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from command_line import taixu_json
from factory import factory
from waiting import HANG_SECS

from taixu.cli import main
from taixu.cli.templates import find_templates


@pytest.mark.parametrize("template", ["empty", "playground", "factory"])
def test_a_template_becomes_a_project_that_is_valid(template: str, tmp_path: Path) -> None:
    found = taixu_json("new", tmp_path / "deep" / "toys", "--template", template)
    folder = Path(found["out"])
    assert folder == tmp_path / "deep" / "toys"
    assert set(found["files"]) >= {"taixu.toml", "worlds/main.world.json", "scripts/game.pyi"}
    assert tomllib.loads((folder / "taixu.toml").read_text())["project"]["name"] == "toys"
    assert "rigid_body" in (folder / "scripts" / "game.pyi").read_text()
    assert all((folder / name).is_dir() for name in ("worlds", "scripts", "assets", "mods"))
    assert taixu_json("check", folder)["files"] == [{"path": str(folder), "ok": True, "findings": []}]
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["toys"]


def test_a_twin_comes_to_life_as_its_readme_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("amqtt")
    assert main(["new", str(tmp_path / "plant"), "--template", "factory"]) == 0
    assert f"taixu serve {tmp_path / 'plant'} --trust" in capsys.readouterr().out
    with factory(project=tmp_path / "plant") as plant:
        press = plant.find("Press 2")
        plant.wait(lambda: plant.value(press, "press.count") > 2, secs=HANG_SECS, what="strokes")

        def is_obeyed() -> bool:  # on a busy machine a command may time out, and is given again
            number = plant.ask("commands", {"control": "speed", "entity": press, "value": 12})["number"]

            def state() -> str:
                listed = {each["number"]: each["state"] for each in plant.ask("commands")["commands"]}
                return str(listed.get(number, ""))

            plant.wait(lambda: state() in ("observed", "timed out", "failed"), secs=HANG_SECS, what="the command")
            return state() == "observed"

        plant.wait(is_obeyed, secs=HANG_SECS, what="a command that is obeyed")
        assert plant.value(press, "press.setpoint") == 12
        names = [each["name"] for each in plant.ask("measures")["measures"]]
        assert names == ["strokes a minute"]
        assert plant.ask("sources")["sources"]["plant"]["bad_messages"] == 0


def test_an_empty_folder_is_filled_and_a_full_one_left_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").mkdir()
    assert main(["new", str(tmp_path / "a")]) == 0
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "mine.txt").write_text("mine")
    (tmp_path / "c").write_text("mine")
    for name in "bc":
        assert main(["new", str(tmp_path / name)]) == 1
        assert "something already" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "b").iterdir()] == ["mine.txt"]


def test_an_unknown_template_is_refused_with_those_that_there_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["new", str(tmp_path / "a"), "--template", "castle"]) == 2
    assert "playground, empty" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_templates_stand_where_they_say() -> None:
    for template in find_templates().values():
        assert (template.folder / "taixu.toml").is_file()


@pytest.mark.parametrize(("name", "shown"), [("two words", "'two words'"), ("-dash", "./-dash")])
def test_the_next_command_works_as_pasted(
    name: str, shown: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "--", name]) == 0
    assert f"taixu run {shown} --trust" in capsys.readouterr().out


def test_a_folder_that_cannot_be_made_is_named_as_it_was_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("mine")
    assert main(["new", str(tmp_path / "file" / "toys")]) == 1
    assert f"{tmp_path / 'file' / 'toys'}: cannot be made" in capsys.readouterr().err
