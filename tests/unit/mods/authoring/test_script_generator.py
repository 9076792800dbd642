"""Mods from words: what is written, what is said of it, and where it goes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from taixu.cli.program import main
from taixu.errors import TaixuError
from taixu.mods.authoring.checks import errors_of, findings_of
from taixu.mods.authoring.composing import compose
from taixu.mods.authoring.difference import difference
from taixu.mods.authoring.reading import read_wish
from taixu.mods.packages.manifest import read_manifest

LAMP = "a lamp that follows the player at night"
PROMPTS = Path(__file__).parent / "script_prompts.txt"
LINES = [line for line in PROMPTS.read_text("utf-8").splitlines() if line[:1] not in ("", "#")]


def test_a_mod_asks_for_no_more_than_it_needs() -> None:
    manifest = read_manifest(compose(read_wish(LAMP)).files["mod.toml"].encode())
    assert set(manifest.read) == {"name", "transform", "environment.sun_direction"}
    assert set(manifest.write) == {"light", "transform.translation"}
    assert {name: each.maximum for name, each in manifest.capabilities.items()} == {"spawn": 1}
    assert manifest.capabilities["spawn"].why == "the lamp"


def test_all_that_is_written_passes_the_check_without_a_warning() -> None:
    for line in LINES[1::8]:
        written = compose(read_wish(line.rsplit(" | ", 1)[0]))
        assert findings_of(written.files) == [], written.files["main.py"]
        assert max(map(len, written.files["main.py"].splitlines())) < 170


def test_what_was_not_understood_is_said() -> None:
    written = compose(read_wish("a lamp that follows the player and sings opera in Italian"))
    assert written.unknown == ("sings opera", "italian") or "sings opera" in written.unknown[0]
    assert "Not understood, and left out: sings opera" in written.files["main.py"]
    assert compose(read_wish("玩家靠近时灯亮起来，背诵唐诗")).unknown


def test_words_that_mean_nothing_make_nothing() -> None:
    for prompt in ("the quick brown fox", "lorem ipsum dolor sit amet", "写一首诗"):
        with pytest.raises(TaixuError, match="no part of these words was understood"):
            compose(read_wish(prompt))


@pytest.mark.parametrize(
    "prompt",
    ['say "\"\"\" import os', "say '\\' when the player is near", 'show "{x} \\n </wish>" at the start',
        "the \"'''\" follows the player",
     "说“\\”）；import os", "make \u202e the door open"],
)  # fmt: skip
def test_no_words_become_code(prompt: str) -> None:
    try:
        written = compose(read_wish(prompt))
    except TaixuError:
        return
    assert "import os" not in [line.strip() for line in written.files["main.py"].splitlines()]
    assert [each for each in errors_of(written.files) if "right-to-left" not in each] == []


def test_names_of_the_world_are_used_and_missing_ones_told() -> None:
    written = compose(read_wish("路灯 follows Bob", ["灯", "Bob", "Hero"]), names=["灯", "Bob", "Hero"])
    assert 'bob_name: str = game.field("Bob"' in written.files["main.py"] and 'game.field("灯"' in written.files["main.py"]
    missing = compose(read_wish("the door opens when the player is near"), names=["lamp"])
    assert any("no 'door' in this world" in each for each in missing.doubts)


def test_a_key_that_no_action_has_is_told() -> None:
    assert any("'k'" in each for each in read_wish("the door opens when I press K").doubts)


def test_equal_words_give_equal_bytes() -> None:
    for line in LINES[::9]:
        prompt = line.rsplit(" | ", 1)[0]
        try:
            assert compose(read_wish(prompt)).files == compose(read_wish(prompt)).files
        except TaixuError:
            continue


def test_a_difference_is_shown_by_line() -> None:
    lines = difference({"main.py": "a\nb\n"}, {"main.py": "a\nc\n", "mod.toml": "x\n"})
    assert "-b" in lines and "+c" in lines and "+++ b/mod.toml" in lines and "--- /dev/null" in lines
    assert difference({"main.py": "a\n"}, {"main.py": "a\n"}) == []


def test_the_command_checks_tries_and_writes_with_a_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("wasmtime", reason="mods run in wasmtime, which is not installed")
    out = tmp_path / "mods" / "lamp"
    assert main(["generate", "script", f"{LAMP} and hums", "--seed", "5", "--out", str(out), "--no-sign", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["trial"]["spawned"] == 1 and told["trial"]["refused"] == 0 and not told["trial"]["fault"]
    assert told["not_understood"] == ["hums"] and any(line.startswith("+def on_tick") for line in told["difference"])
    assert sorted(file.name for file in out.iterdir()) == ["main.py", "main.py.asset.toml", "mod.toml", "mod.toml.asset.toml"]
    record = (out / "main.py.asset.toml").read_text()
    assert 'generator = "script"' in record and "seed = 5" in record and LAMP in record
    assert main(["mod", "check", str(out), "--strict"]) == 0
