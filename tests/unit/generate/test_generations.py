"""Generators at work: files whole or not at all, the same bytes for the same seed, and an end that leaves nothing behind."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import numpy as np
import pytest
from generator_samples import Bricks, Misbehaving, Slow, Tinted

from taixu.app import Jobs
from taixu.assets.image import encode_png, read_image
from taixu.assets.sidecar import Provenance, read_sidecar
from taixu.errors import TaixuError, UsageError
from taixu.generate import Generations, Generators, Order
from taixu.generate.provenance import body_of, content_of, write_record


@pytest.fixture(scope="module", autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("user")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TAIXU_CACHE", str(folder / "cache"))
        patch.setenv("TAIXU_CONFIG", str(folder / "config"))
        yield folder / "cache" / "generate"


@pytest.fixture(scope="module")
def generations(cache: Path) -> Iterator[Generations]:
    with Jobs(workers=2) as jobs:
        found = Generations(jobs, generators=_generators(), guards=())
        jobs.wait()
        yield found


def _generators() -> Generators:
    found = Generators(plugins=False)
    for each in (Bricks, Tinted, Slow, Misbehaving):
        found.add(each)
    return found


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def _is_clean(cache: Path, out: Path) -> bool:
    return not _files(cache / "work") and not [name for name in _files(out) if Path(name).name.startswith(".")]


def test_files_and_sidecars_where_they_were_asked_for(generations: Generations, tmp_path: Path, cache: Path) -> None:
    seen: list[tuple[float, str]] = []
    result = generations.make(
        Order("bricks", "small blue bricks", 5, {"bond": "stack"}), out=tmp_path / "out" / "wall.png",
        progress=lambda fraction, text: seen.append((fraction, text)),
    )  # fmt: skip
    assert _files(tmp_path / "out") == [
        "wall_albedo.png", "wall_albedo.png.asset.toml", "wall_height.png", "wall_height.png.asset.toml",
    ]  # fmt: skip
    assert result.files == (tmp_path / "out" / "wall_albedo.png", tmp_path / "out" / "wall_height.png")
    assert result.parameters == {"rows": 16, "color": (0.1, 0.2, 0.6), "bond": "stack", "size": 256}
    sidecar = read_sidecar(result.files[0])
    assert sidecar is not None
    made = sidecar.provenance
    assert (made.generator, made.prompt, made.seed, made.role, made.kind) == (
        "bricks",
        "small blue bricks",
        5,
        "albedo",
        "material",
    )
    assert (made.overrides, made.settings["rows"], made.result) == ({"bond": "stack"}, 16, result.key)
    assert seen[-1][0] == 1.0 and seen == sorted(seen, key=lambda each: each[0])
    assert _is_clean(cache, tmp_path / "out")


def test_same_seed_same_bytes_and_the_second_time_from_the_cache(generations: Generations, tmp_path: Path, cache: Path) -> None:
    first = generations.make(Order("bricks", "bricks", 3), out=tmp_path / "a.png")
    again = generations.make(Order("bricks", "bricks", 3), out=tmp_path / "b.png")
    assert (first.is_cached, again.is_cached) == (False, True)
    for kept in (cache / "results" / first.key).glob("*"):
        kept.write_bytes(b"spoilt")
    anew = generations.make(Order("bricks", "bricks", 3), out=tmp_path / "c.png")
    assert not anew.is_cached
    other = generations.make(Order("bricks", "bricks", 4), out=tmp_path / "d.png")
    read = [[file.read_bytes() for file in result.files] for result in (first, again, anew, other)]
    assert read[0] == read[1] == read[2] != read[3]
    assert other.key != first.key


def test_what_decides_is_in_the_key(generations: Generations, tmp_path: Path) -> None:
    picture = tmp_path / "p.png"
    keys = []
    for shade in (10, 20, 10):
        picture.write_bytes(encode_png(np.full((16, 16, 3), shade, np.uint8)))
        keys.append(generations.make(Order("tinted", parents=(picture,))).key)
    keys.append(generations.make(Order("tinted", settings={"color": [1, 1, 1]}, parents=(picture,))).key)
    assert keys[0] == keys[2] and len(set(keys)) == 3
    said = [generations.make(Order("bricks", "", 77, settings)) for settings in ({}, {"rows": 8})]  # what was set is recorded
    assert [each.provenances[0].overrides for each in said] == [{}, {"rows": 8}] and said[0].parameters == said[1].parameters


def test_a_record_that_lies_about_a_parent_finds_no_result_of_another(generations: Generations, tmp_path: Path) -> None:
    for name, shade in (("a.png", 10), ("b.png", 200)):
        (tmp_path / name).write_bytes(encode_png(np.full((16, 16, 3), shade, np.uint8)))
    first = generations.make(Order("tinted", parents=(tmp_path / "a.png",)))
    lie = Provenance(generator="x", content=content_of(tmp_path / "a.png"), body=body_of(tmp_path / "b.png"))
    write_record(tmp_path / "b.png", lie)
    assert content_of(tmp_path / "b.png") == content_of(tmp_path / "a.png")
    assert generations.make(Order("tinted", parents=(tmp_path / "b.png",))).key != first.key


def test_the_cache_drops_what_was_not_used_for_longest(
    generations: Generations, monkeypatch: pytest.MonkeyPatch, cache: Path
) -> None:
    monkeypatch.setenv("TAIXU_RESULTS_MB", "1")
    with Jobs(workers=1) as jobs:  # workers take the environment when they start
        others = Generations(jobs, generators=_generators(), guards=())
        keys = [others.make(Order("bricks", seed=seed, settings={"size": 512})).key for seed in range(10, 13)]
    left = [path.name for path in (cache / "results").iterdir()]
    assert keys[-1] in left and keys[0] not in left
    assert sum(file.stat().st_size for file in (cache / "results").rglob("*") if file.is_file()) < 2 << 20


def test_sixteen_queued_and_half_cancelled_leave_nothing(tmp_path: Path, cache: Path) -> None:
    out, marks = tmp_path / "out", cache / "marks"  # generators write nowhere else
    marks.mkdir()
    with Jobs(workers=2) as jobs:
        generations = Generations(jobs, generators=_generators(), guards=())
        ended: list[str] = []
        made = [
            generations.submit(
                Order("slow", seed=n, settings={"steps": 4 if n % 2 else 4000, "mark": str(marks)}), out=out / f"{n}.png",
                then=lambda each: ended.append(each.state),
            )
            for n in range(16)
        ]  # fmt: skip
        assert len(generations.unfinished) == 16
        until = monotonic() + 120.0
        while made[0].state == "queued" and monotonic() < until:
            jobs.wait(timeout_secs=0.05)
        for each in made[::2]:  # these would take minutes
            each.cancel()
        assert generations.wait(timeout_secs=120)
        assert [each.state for each in made] == ["cancelled", "done"] * 8
        assert sorted(ended) == ["cancelled"] * 8 + ["done"] * 8
        assert str(made[0].error) == "slow: cancelled"
        assert generations.unfinished == []
        assert [name for name in _files(out) if name.endswith(".png")] == sorted(f"{n}.png" for n in range(1, 16, 2))
        assert _is_clean(cache, out)
    pids = [int(mark.name) for mark in marks.iterdir()]
    assert pids and not any(_is_alive(pid) for pid in pids)


def _is_alive(pid: int) -> bool:
    for _ in range(100):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        sleep(0.02)
    return True


def test_a_cancel_between_the_work_and_its_news_counts(generations: Generations, tmp_path: Path, cache: Path) -> None:
    made = generations.submit(Order("bricks"), out=tmp_path / "out" / "w.png")
    until = monotonic() + 120.0
    while not list((tmp_path / "out").glob(".*")) and monotonic() < until:  # laid out, and nobody has polled
        sleep(0.01)
    sleep(0.2)
    made.cancel()
    assert generations.wait(made, timeout_secs=120)
    assert made.state == "cancelled" and _files(tmp_path / "out") == [] and _is_clean(cache, tmp_path)


def test_previews_while_it_runs(generations: Generations) -> None:
    previews = []
    made = generations.submit(Order("slow", settings={"steps": 12}), progress=lambda *_: previews.append(made.preview))
    generations.result(made, timeout_secs=120)
    shown = [int(each[0, 0, 0]) for each in previews if each is not None]
    assert len(set(shown)) >= 3 and shown == sorted(shown)


@pytest.mark.parametrize(("how", "sentence"), [
    ("nan", "misbehaving: the picture came out with 192 numbers that are none"),
    ("nan in a file", "misbehaving: made_sky.exr holds 192 numbers that are none"),
    ("die", "misbehaving: its worker process died"),
    ("disk", "misbehaving: cannot be written .No space left on device"),
    ("memory", "misbehaving: needs more memory than the 2048 MB"),
    ("raise", "misbehaving: ZeroDivisionError: a slip"),
    ("elsewhere", "misbehaving: x.png is no file in the folder that it was given"),
    ("link", "misbehaving: link.png is no file"),
    ("nothing", "misbehaving: it gave no list of files"),
    ("flood", "misbehaving: it gave 32,768 files, and 16,384 are the most"),
    ("text", "misbehaving: it gave no list of files"),
    ("damaged", "misbehaving: .*made.png"),
])  # fmt: skip
def test_what_goes_wrong_is_one_sentence_and_leaves_nothing(
    generations: Generations, tmp_path: Path, cache: Path, how: str, sentence: str
) -> None:
    out = tmp_path / "out"
    kept = _files(cache / "results")
    with pytest.raises(TaixuError, match=sentence) as caught:
        generations.make(Order("misbehaving", settings={"how": how}), out=out / "x.png", memory_mb=2048)
    assert "\n" not in str(caught.value) and str(cache) not in str(caught.value).replace(f"make room in {cache / 'work'}", "")
    assert _files(out) == [] and _is_clean(cache, out)
    assert _files(cache / "results") == kept
    assert generations.make(Order("misbehaving", settings={"how": "well"}), out=out / "x.png").files  # and the queue goes on


@pytest.mark.parametrize(("order", "sentence"), [
    (Order("bricks", "x" * 1_000_000), "the prompt has 1,000,000 letters, and at most 4,000 are read"),
    (Order("bricks", "red\x00bricks"), "holds the character U\\+0000"),
    (Order("bricks", "?!… 123"), "holds no word of any language"),
    (Order("bricks", "bricks", -1), "the seed -1 is not a whole number"),
    (Order("bricks", settings={"rows": 0}), "generator 'bricks', parameter 'rows': 0 was given; give a whole number from 1 to 64"),
    (Order("bricks", settings={"row": 3}), "has no parameter 'row'; did you mean 'rows'"),
    (Order("bricks", settings={"bond": "dutch"}), 'give one of "running", "stack"'),
    (Order("bricks", settings={"color": [2, 0, 0]}), "parameter 'color.0': 2 was given; give a number from 0 to 1"),
    (Order("bricks", settings={"rows": float("nan")}), "nan is no number"),
    (Order("misbehaving", settings={"how": "a\ud800b"}), "parameter 'how': "),
    (Order("misbehaving", settings={"how": "a\nb"}), "parameter 'how': give a text of one line"),
    (Order("misbehaving", settings={"how": "porn"}), "this is not made"),
    (Order("bricks", "naked people"), "this is not made: sexual content"),
    (Order("bricks", model="/nowhere"), "there is no model '/nowhere'"),
    (Order("tinted", parents=(Path("/nowhere.png"),)), "there is no such file"),
    (Order("tinted"), "tinted: it needs a picture to tint"),
])  # fmt: skip
def test_bad_orders_are_one_sentence(generations: Generations, order: Order, sentence: str) -> None:
    with pytest.raises(TaixuError, match=sentence) as caught:
        generations.make(order)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_guards_look_before_and_after(tmp_path: Path, cache: Path) -> None:
    with Jobs(workers=1) as jobs:
        generations = Generations(jobs, generators=_generators(), guards=("generator_samples:Careful",))
        with pytest.raises(TaixuError, match="this is not made: clowns frighten people"):
            generations.make(Order("bricks", "a clown of bricks"))
        with pytest.raises(TaixuError, match="this is not made: it is black"):
            generations.make(Order("misbehaving", settings={"how": "well"}), out=tmp_path / "out" / "x.png")
        assert generations.make(Order("bricks")).files
        with pytest.raises(TaixuError, match="the guard nowhere:Nobody failed, so nothing is made"):
            Generations(jobs, generators=_generators(), guards=("nowhere:Nobody",)).make(Order("bricks", "bricks"))
    assert _is_clean(cache, tmp_path / "out")


def test_places_that_cannot_be_taken(generations: Generations, tmp_path: Path) -> None:
    (tmp_path / "wall_height.png").mkdir()
    with pytest.raises(UsageError, match="is a folder, which a file cannot replace"):
        generations.make(Order("bricks"), out=tmp_path / "wall.png")
    assert _files(tmp_path / "wall_height.png") == [] and not (tmp_path / "wall_albedo.png").exists()
    with pytest.raises(UsageError, match="bricks writes .png, not .webp"):
        generations.submit(Order("bricks"), out=tmp_path / "wall.webp")
    with pytest.raises(UsageError, match="is a folder; name a file in it"):
        generations.submit(Order("bricks"), out=tmp_path)


def test_what_somebody_wrote_into_a_sidecar_stays(generations: Generations, tmp_path: Path) -> None:
    result = generations.make(Order("bricks", "bricks"), out=tmp_path / "wall.png")
    beside = tmp_path / "wall_albedo.png.asset.toml"
    before = beside.read_text()
    generations.make(Order("bricks", "bricks"), out=tmp_path / "wall.png")
    assert beside.read_text() == before  # the same again changes nothing, not even the date
    beside.write_text(before.replace('licence = "CC0-1.0"', 'licence = "CC-BY-4.0"  # mine') + "\n[studio]\nshot = 3\n")
    generations.make(Order("bricks", "blue bricks"), out=tmp_path / "wall.png")
    text = beside.read_text()
    assert 'licence = "CC-BY-4.0"  # mine' in text and "shot = 3" in text and 'prompt = "blue bricks"' in text
    assert result.files[0].exists()


def test_leftovers_of_processes_that_are_gone_are_swept(tmp_path: Path, cache: Path) -> None:
    (cache / "work" / "999999999-abc" / "made").mkdir(parents=True)
    own = cache / "work" / f"{os.getpid()}-abc"
    own.mkdir()
    with Jobs(workers=1) as jobs:
        Generations(jobs, generators=_generators(), guards=())
        jobs.wait()
    assert [path.name for path in (cache / "work").iterdir()] == [own.name]


def test_marks_go_into_colours_alone(generations: Generations, tmp_path: Path) -> None:
    result = generations.make(Order("bricks"), out=tmp_path / "wall.png")
    assert [bool(each.mark) for each in result.provenances] == [True, False]
    assert set(np.unique(read_image(result.files[1]))) == {0, 255}


def test_the_registry_refuses_what_is_none() -> None:
    class Local(Bricks):
        name = "local"

    class Nameless(Bricks):
        name = "Two Words"

    generators = _generators()
    for wrong, sentence in (
        (Local, "must stand in a module"),
        (Nameless, "is no name in lower case"),
        (Bricks, "two generators are called"),
    ):
        with pytest.raises(TaixuError, match=sentence):
            generators.add(wrong)
    assert generators.find("material").makes == "material" and generators.find("texture").makes == "texture"
    with pytest.raises(UsageError, match="nothing here makes 'brick'; did you mean 'bricks'"):
        generators.find("brick")
