"""Versions that go together, and the order in which mods run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pytest
from mod_packages import package

from taixu.errors import TaixuError
from taixu.mods.packages.load_order import load_order, shared_columns
from taixu.mods.packages.open_sources import candidate_of
from taixu.mods.packages.resolver import Candidate, Wish, resolve
from taixu.mods.packages.version import parse_range, parse_version

Pool = Mapping[str, Sequence[Candidate]]


def mod(id: str, version: str = "1.0.0", *, needs: str = "", likes: str = "", hates: str = "") -> Candidate:
    """``needs="bob.a ^1, carol.b *"``."""

    def table(name: str, text: str) -> str:
        lines = [part.split(maxsplit=1) for part in text.split(", ") if part]
        return f"[{name}]\n" + "".join(f'"{id}" = "{range}"\n' for id, range in lines)

    more = table("depends", needs) + table("optional", likes) + table("conflicts", hates)
    return candidate_of(package(id, version, more).manifest)


def pool(*mods: Candidate) -> Pool:
    found: dict[str, list[Candidate]] = {}
    for each in mods:
        found.setdefault(each.id, []).append(each)
    return found


def solve(mods: Pool, *wanted: str, **preferred: str) -> dict[str, str]:
    def candidates(id: str) -> Sequence[Candidate]:
        if id not in mods:
            raise TaixuError(f"{id}: nobody has it")
        return mods[id]

    wishes = [Wish(text.partition(" ")[0], parse_range(text.partition(" ")[2] or "*"), "the call") for text in wanted]
    kept = {id.replace("_", "."): parse_version(text) for id, text in preferred.items()}
    return {id: str(found.version) for id, found in resolve(wishes, candidates, preferred=kept).items()}


def test_the_newest_that_go_together() -> None:
    mods = pool(
        mod("a.a", "1.0.0", needs="b.b ^1"), mod("a.a", "2.0.0", needs="b.b ^2"),
        mod("b.b", "1.0.0"), mod("b.b", "1.5.0"), mod("b.b", "2.0.0", needs="c.c <1"), mod("c.c", "1.0.0"),
    )  # fmt: skip
    assert solve(mods, "a.a") == {"a.a": "1.0.0", "b.b": "1.5.0"}, "the newest a.a needs a c.c that nobody has"


def test_a_draft_is_taken_by_nobody_who_does_not_name_it() -> None:
    mods = pool(mod("a.a", "1.0.0"), mod("a.a", "2.0.0-rc.1"))
    assert solve(mods, "a.a") == {"a.a": "1.0.0"}
    assert solve(mods, "a.a >=2.0.0-rc.1") == {"a.a": "2.0.0-rc.1"}


def test_what_is_locked_stays() -> None:
    mods = pool(mod("a.a", "1.0.0"), mod("a.a", "1.1.0"))
    assert solve(mods, "a.a", a_a="1.0.0") == {"a.a": "1.0.0"}
    assert solve(mods, "a.a >=1.1", a_a="1.0.0") == {"a.a": "1.1.0"}


def test_enemies_and_friends() -> None:
    mods = pool(
        mod("a.a", "1.0.0"), mod("a.a", "2.0.0", hates="c.c *"), mod("b.b", "1.0.0", likes="c.c >=3"), mod("c.c", "1.0.0"),
        mod("c.c", "3.0.0"),
    )  # fmt: skip
    assert solve(mods, "a.a") == {"a.a": "2.0.0"}
    assert solve(mods, "a.a", "c.c") == {"a.a": "1.0.0", "c.c": "3.0.0"}, "an older one that does not mind"
    assert solve(mods, "b.b") == {"b.b": "1.0.0"}, "what is liked is not brought in"
    with pytest.raises(TaixuError, match="b.b 1.0.0 goes only with c.c >=3"):
        solve(mods, "b.b", "c.c <2")
    with pytest.raises(TaixuError, match="a.a 2.0.0 does not go with c.c"):
        solve(mods, "a.a ^2", "c.c")


def test_quarrels_are_told_with_who_wants_what() -> None:
    mods = pool(mod("a.a", needs="c.c ^1"), mod("b.b", needs="c.c ^2"), mod("c.c", "1.0.0"), mod("c.c", "2.0.0"))
    with pytest.raises(TaixuError, match=r"a.a 1.0.0 wants c.c \^1, and b.b 1.0.0 wants c.c \^2: .*c.c is there as 2.0.0, 1.0.0"):
        solve(mods, "a.a", "b.b")
    with pytest.raises(TaixuError, match="z.z: nobody has it"):
        solve(pool(mod("a.a", needs="z.z *")), "a.a")


def test_a_tangle_made_on_purpose_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """By count, not by the clock: the same question has the same answer on every machine."""
    monkeypatch.setattr("taixu.mods.packages.resolver._MOST_LOOKS", 20_000)
    names = [f"m{number}.x" for number in range(20)]
    mods = {
        name: [
            Candidate(
                name, parse_version(f"{major}.0.0"),
                tuple((names[(at + step) % 20], parse_range(f"{(major + step) % 50}.0.0")) for step in (1, 2, 3)),
            )
            for major in range(50)
        ]
        for at, name in enumerate(names)
    }  # fmt: skip
    with pytest.raises(TaixuError, match="in too many ways"):
        solve(mods, *names)


def test_the_order_is_by_need_then_depth_then_id() -> None:
    mods = [
        package("z.base"), package("a.top", more='[depends]\n"m.mid" = "*"'), package("m.mid", more='[depends]\n"z.base" = "*"'),
        package("b.alone"), package("c.late", more='[order]\nafter = ["b.alone"]'),
        package("y.first", more='[order]\nbefore = ["b.alone"]'),
    ]  # fmt: skip
    order = load_order(each.manifest for each in mods)
    assert order == ["y.first", "z.base", "b.alone", "m.mid", "a.top", "c.late"]
    assert load_order(each.manifest for each in reversed(mods)) == order


def test_circles_are_named() -> None:
    mods = [package(f"{a}.x", more=f'[order]\nafter = ["{b}.x"]') for a, b in ("ab", "bc", "ca")]
    with pytest.raises(TaixuError, match="a.x runs after b.x runs after c.x runs after a.x: these mods cannot go together"):
        load_order(each.manifest for each in mods)


def test_two_writers_are_found() -> None:
    texts = {"a.a": "transform.translation", "b.b": "transform", "c.c": "material.color", "d.d": "transform.rotation"}
    mods = [package(id, more=f'[access]\nwrite = ["{column}"]').manifest for id, column in texts.items()]
    assert [(each.column, each.ids) for each in shared_columns(mods)] == [
        ("transform", ("a.a", "b.b", "d.d")), ("transform.rotation", ("b.b", "d.d")), ("transform.translation", ("a.a", "b.b")),
    ]  # fmt: skip
    assert shared_columns(mods[2:3]) == []
