"""What sources say without being run."""

from __future__ import annotations

from pathlib import Path

import pytest
from mod_packages import contents

from taixu.mods.packages.checking import check_mod
from taixu.mods.packages.starting import make_mod
from taixu.mods.packages.zip_writer import zip_bytes

SPAWN = '[capabilities.spawn]\nmax = 3\nwhy = "fish"\n'
TICK = "def on_tick(dt):\n    pass\n"


def findings(tmp_path: Path, source: str, more: str = "", components: dict[str, list[str]] | None = None) -> list[str]:
    file = tmp_path / "x.zip"
    file.write_bytes(zip_bytes(contents(more=more) | {"main.py": source.encode()}))
    return [f"{found.severity}: {found}" for found in check_mod(file, components=components)]


@pytest.mark.parametrize(
    ("source", "more", "said"),
    [
        (f"import game\n{TICK}", "", []),
        (f"import game\ngame.spwn()\n{TICK}", "", ["error: main.py: line 2: game has no spwn; did you mean spawn?"]),
        (f"import game as g\ng.exit()\n{TICK}", "", ["error: main.py: line 2: game has no exit"]),
        (f"from game import querry\n{TICK}", "", ["error: main.py: line 1: game has no querry; did you mean query?"]),
        (f"import game\ngame.spawn('box')\n{TICK}", "", ["error: main.py: line 2: uses spawn, which mod.toml does not ask for"]),
        (f"from game import spawn\n{TICK}", "", ["error: main.py: line 1: uses spawn"]),
        (f"import game\ngame.spawn('box')\n{TICK}", SPAWN, []),
        (f"import game\n{TICK}", SPAWN, ["warning: mod.toml: capabilities.spawn: is asked for, and nothing uses it"]),
        (f"import os\n{TICK}", "", ["error: main.py: line 1: the box has no os"]),
        (f"from urllib.request import urlopen\n{TICK}", "", ["error: main.py: line 1: the box has no urllib.request"]),
        (f"import scipy\n{TICK}", "", ["warning: main.py: line 1: scipy is neither"]),
        ("def on_tick(dt:\n", "", ["error: main.py: line 1: "]),
        ("x = 1\0\n", "", ["error: main.py: holds a NUL"]),
        ("import game\n", "", ["warning: main.py: defines none of on_start"]),
        (f"def on_tik(dt):\n    pass\n{TICK}", "", ["warning: main.py: on_tik is never called; did you mean on_tick?"]),
        (f"def on_frame(dt):\n    pass\n{TICK}", "", ["warning: main.py: on_frame is never called in a mod"]),
        ("x = " + "(" * 5000 + ")" * 5000 + f"\n{TICK}", "", ["error: main.py"]),
        ("x = " + "-" * 100_000 + f"1\n{TICK}", "", ["error: main.py"]),
        (TICK, '[access]\nread = ["transfrom"]', ["warning: mod.toml: access: there is no component transfrom; did you mean"]),
        (TICK, '[access]\nread = ["transform.transla"]', ["warning: mod.toml: access: transform has no field transla"]),
        (TICK, '[access]\nread = ["transform"]\nwrite = ["transform.scale"]', []),
        (TICK, '[access]\nwrite = ["script.path"]', ["error: mod.toml: access: no mod may have script"]),
    ],
    ids=range(22),
)
def test_findings(tmp_path: Path, source: str, more: str, said: list[str]) -> None:
    found = findings(tmp_path, source, more, components={"transform": ["translation", "scale"]})
    assert len(found) == len(said), found
    for one, beginning in zip(found, said):
        assert one.startswith(beginning)


def test_nothing_of_it_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    findings(tmp_path, f"open({str(mark)!r}, 'w')\n{TICK}")
    assert not mark.exists()


def test_a_new_mod_is_good(tmp_path: Path) -> None:
    assert make_mod(tmp_path / "fish", "alice.gold_fish") == ["main.py", "mod.toml"]
    assert check_mod(tmp_path / "fish") == []
    assert check_mod(tmp_path / "fish" / "mod.toml") == []


def test_all_that_is_wrong_is_listed(tmp_path: Path) -> None:
    make_mod(tmp_path, "alice.fish")
    (tmp_path / "mod.toml").write_text('schema = 1\nid = "fish"\nversion = "1"\n')
    (tmp_path / "evil.so").write_bytes(b"\x7fELF")
    found = [str(each) for each in check_mod(tmp_path)]
    assert any(each.startswith("mod.toml: line 2: id") for each in found)
    assert any(each.startswith("mod.toml: line 3: version") for each in found)
    assert any("compiled code" in each for each in found)
