"""What a user has decided, when two programs write it at once: nothing of it is lost, and no number goes back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from taixu.mods.packages.consents import Consents
from taixu.mods.packages.index_format import IndexData, Revocation
from taixu.mods.packages.pins import Pins
from taixu.mods.packages.revocations import Revocations
from taixu.mods.packages.user_files import user_folder

WRITERS, EACH = 6, 8


def _write(number: int) -> None:
    pins, revocations = Pins(), Revocations()
    for place in range(EACH):
        name = f"author{number}.mod{place}"
        pins.pin_mod(name, key="", origin="file", version="1.0.0")
        pins.pin_index("https://mods.example.org/", key="k", serial=number * EACH + place + 1)
        revocations.learn(f"index{number}{place}", _index(name))
        Consents(Path(f"/project{number}")).grant(name, (), version="1.0.0", content="", key="")


def _index(id: str) -> IndexData:
    from datetime import date

    return IndexData("x", 1, date(2030, 1, 1), {}, {}, (Revocation("why", id=id),))


def test_two_programs_that_write_at_once_lose_nothing() -> None:
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(_write, range(WRITERS)))
    pins, names = Pins(), {f"author{number}.mod{place}" for number in range(WRITERS) for place in range(EACH)}
    assert pins.mods.keys() == names
    assert pins.indexes["https://mods.example.org/"].serial == WRITERS * EACH, "the highest, whoever came last"
    for number in range(WRITERS):
        for place in range(EACH):
            assert Consents(Path(f"/project{number}")).find(f"author{number}.mod{place}") is not None
            assert Revocations()._known[f"index{number}{place}"]
    assert (user_folder() / "decisions.lock").stat().st_size == 0


def test_what_was_read_before_is_no_reason_to_forget() -> None:
    """Two windows of the editor: each read the pins when it was opened."""
    first, second = Pins(), Pins()
    first.pin_index("place", key="k", serial=9)
    second.pin_index("place", key="k", serial=7)
    second.pin_mod("alice.fish", key="k", origin="file", version="1.0.0")
    first.pin_mod("alice.fish", key="k", origin="file", version="0.9.0")
    assert Pins().indexes["place"].serial == 9
    assert Pins().mods["alice.fish"].version == "1.0.0"
    first.forget("alice.fish")
    assert not Pins().mods
