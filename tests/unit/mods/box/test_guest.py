from __future__ import annotations

import struct
import threading

import numpy as np
import pytest
from boxed_python import AMPLE_FUEL, Console, boxed_image
from hypothesis import given, settings
from hypothesis import strategies as st
from waiting import ends

from taixu.mods.box import ops
from taixu.mods.box.guest import Guest, GuestError, Trapped


@pytest.fixture(scope="module", autouse=True)
def image():
    return boxed_image()


def test_boot_and_call_answer_with_bytes():
    console = Console(seed=5)
    assert console.booted == b'booted {"seed": 5}'
    assert console.value("1 + 1") == "2"
    assert console.guest.call(0, "'太虚' * 2".encode()).decode() == "'太虚太虚'"


def test_an_exception_is_told_and_the_guest_lives_on():
    console = Console()
    with pytest.raises(GuestError, match="ZeroDivisionError"):
        console.value("1 / 0")
    with pytest.raises(GuestError, match="SystemExit"):
        console.do("import sys; sys.exit(3)")
    assert console.value("2 + 2") == "4"


def test_messages_of_every_length_cross_and_leave_nothing_behind():
    console = Console()
    for length in (0, 1, 60_000, 65_530, 65_536, 70_000, 3_000_000):
        text = "x" * length
        assert console.value(f"'{text}'") == f"'{text}'"
    before = console.guest.memory_bytes
    for _ in range(20):
        console.value("'" + "y" * 1_000_000 + "'")
    assert console.guest.memory_bytes == before
    with pytest.raises((GuestError, Trapped)):
        console.value("'" + "z" * (70 << 20) + "'")


def test_a_mod_imports_its_own_files():
    files = {"herd/__init__.py": "from . import walk", "herd/walk.py": "PACE = 3", "tools.py": "def f():\n    return 1 / 0\n"}
    console = Console(files=files)
    assert console.value("__import__('herd').walk.PACE") == "3"
    with pytest.raises(GuestError, match=r'File "tools.py", line 2, in f\n +return 1 / 0'):
        console.value("__import__('tools').f()")


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("open('/etc/passwd')", r"open\(\): a mod has no files"),
        ("import io; io.open('/etc/passwd')", r"io.open\(\): a mod has no files"),
        ("import _io; _io.open_code('/etc/passwd')", r"io.open\(\): a mod has no files"),
        ("import datetime; datetime.datetime.now()", r"datetime.datetime.now\(\): a mod has no clock"),
        ("from datetime import date; date.today()", r"datetime.date.today\(\): a mod has no clock"),
        ("import os; os.listdir('/')", "os.listdir: a mod has no files"),
        ("import os; os.urandom(8)", "os.urandom: a mod has no source of true chance"),
        ("import time; time.time()", "time.time: a mod has no clock"),
        ("import subprocess", "import subprocess: a mod cannot start processes"),
        ("import socket", "import socket: a mod has no network of its own"),
        ("import ctypes", "import ctypes: a mod is Python source only"),
        ("import threading", "import threading: a mod runs in one thread"),
        ("import numpy", "import numpy: it is not part of the Python that mods run in"),
        ("input()", r"input\(\): a mod has no terminal"),
    ],
)
def test_what_the_box_does_not_have_is_refused_in_one_sentence(code, sentence):
    with pytest.raises(GuestError, match=f"NotInMods: {sentence}"):
        Console().do(code)


def test_past_the_friendly_refusals_there_is_still_nothing():
    """What a mod digs out of the interpreter fails as Python fails, without files, clocks or chance."""
    console = Console()
    console.do(
        "def dig(kind):\n"
        "    for one in type.__subclasses__(kind):\n"
        "        yield one\n"
        "        yield from dig(one)\n"
        "found = {one.__name__: one for one in dig(object)}\n"
    )
    assert console.value("'FileIO' in found") == "True"
    with pytest.raises(GuestError, match="OSError|PermissionError"):
        console.do("found['FileIO']('/etc/passwd')")
    with pytest.raises(GuestError):
        console.do("found['FileIO'](0).read()")
    # The real os module is still referred to by modules that the snapshot holds.
    for code in ("os.listdir('/')", "os.urandom(4)", "os.system('id')", "os.fork()", "os.open('/x', 0)", "os.getenv('HOME') + ''"):
        with pytest.raises(GuestError):
            console.do(f"os = __import__('random')._os; {code}")


def test_the_standard_library_of_mods_is_there():
    names = "math random re json collections itertools functools dataclasses typing enum heapq bisect string textwrap"
    names += " statistics array struct copy operator abc contextlib decimal fractions datetime hashlib colorsys zlib"
    console = Console()
    for name in names.split():
        console.do(f"import {name}")
    assert console.value("__import__('statistics').mean([1, 2, 6])") == "3"
    assert console.value("__import__('decimal').Decimal('0.1') * 3") == "Decimal('0.3')"
    console.do("import dataclasses, weakref\n@dataclasses.dataclass\nclass A:\n    x: int = 1\nA().__doc__")
    console.do(r"eval('\'\\d\'')")  # a warning on the way


def test_numbers_of_ten_thousand_digits_are_written_and_divided():
    console = Console()
    assert console.value("len(str(7 ** 12_000))") == "10142"
    quotient = (7 * (10**10_000 - 1) // 9) // (3 * (10**4_000 - 1) // 9)
    assert console.value("int('7' * 10_000) // int('3' * 4_000) % 1000") == str(quotient % 1000)
    assert console.value("divmod(10 ** 10_000 + 5, 10 ** 5_000)[1]") == "5"


def test_dates_can_be_reckoned_with():
    console = Console()
    console.do("from datetime import date, datetime, timedelta\nclass Mine(datetime): pass\nd = datetime(2024, 2, 28, 12)")
    assert console.value("d + timedelta(2)") == "datetime.datetime(2024, 3, 1, 12, 0)"
    assert console.value("date(2026, 3, 1) - date(2026, 2, 1)") == "datetime.timedelta(days=28)"
    assert console.value("[isinstance(one, date) for one in (d, d.date(), datetime.min, date.max, Mine(1, 1, 1), 3)]") == repr(
        [True] * 5 + [False]
    )
    kinds = "isinstance(d, Mine), isinstance(Mine(1, 1, 1), datetime), issubclass(datetime, date)"
    assert console.value(kinds) == "(False, True, True)"
    assert console.value("datetime.strptime('1 2 2024', '%d %m %Y').date() == date.fromisoformat('2024-02-01')") == "True"


def test_parts_of_python_that_lean_on_files_work_without_them():
    console = Console()
    console.do("import io, inspect, linecache, tokenize, warnings, atexit\ndef f(a, b=2): pass\nwarnings.warn('careful')")
    assert console.value("io.StringIO('one two').read().split()") == "['one', 'two']"
    assert console.value("str(inspect.signature(f))") == "'(a, b=2)'"
    assert console.value("linecache.getlines('/etc/passwd')") == "[]"
    assert console.value("len(list(tokenize.generate_tokens(io.StringIO('a + b').readline)))") == "5"
    with pytest.raises(GuestError, match="Error"):
        console.do("io.FileIO('/etc/passwd')")


def test_chance_is_seeded_and_hashes_are_fixed():
    facts = "__import__('random').random(), hash('a'), id(object()), list({'x', 'y', 'z'})"
    assert Console(seed=9).value(facts) == Console(seed=9).value(facts)
    draws = {Console(seed=seed).value("__import__('random').random()") for seed in range(4)}
    assert len(draws) == 4
    assert len({Console(seed=seed).value("__import__('random').Random().random()") for seed in range(2)}) == 1


def test_print_goes_to_the_log_and_lines_are_capped():
    console = Console()
    console.do("print('a', 1); print('b\\nc', end=''); import sys; sys.stderr.write('bad\\n')")
    assert sorted(console.lines) == [(1, "a 1"), (1, "b"), (1, "c"), (3, "bad")]
    console.lines.clear()
    console.do("_box.log(77, 'x' * 100_000)")
    assert console.lines == [(1, "x" * 4096)]


def test_fuel_is_exactly_equal_in_fresh_instances():
    spent = []
    for _ in range(3):
        console = Console()
        console.guest.allow(AMPLE_FUEL)
        console.do("import random\nfor i in range(20_000): random.random(); {i: str(i)}")
        spent.append(console.guest.fuel_used)
    assert spent[0] == spent[1] == spent[2] > 1_000_000


def test_out_of_fuel_is_the_end_of_a_guest():
    console = Console()
    console.guest.allow(50_000_000)
    with pytest.raises(Trapped) as caught:
        console.do("while True:\n    try:\n        while True: pass\n    except BaseException: pass")
    assert caught.value.reason == "fuel"
    assert console.guest.fuel_used == 50_000_000
    with pytest.raises(Trapped, match="dead"):
        console.value("1")


def test_the_watchdog_stops_what_fuel_would_let_run(image):
    console = Console()
    stop = threading.Event()

    def tick() -> None:
        while not stop.wait(0.01):
            image.increment_epoch()

    clock = threading.Thread(target=tick)
    console.guest.allow(AMPLE_FUEL, 3)
    clock.start()
    try:
        with ends(), pytest.raises(Trapped) as caught:
            console.do("while True: pass")
    finally:
        stop.set()
        clock.join()
    assert caught.value.reason == "epoch"


@pytest.mark.parametrize("bomb", ["x = [0] * 10**9", "x = []\nwhile True: x.append('a' * 1_000_000)", "x = b'a' * 2**30"])
def test_memory_has_an_end(bomb):
    console = Console(memory_bytes=32 << 20)
    with pytest.raises(GuestError, match="MemoryError"):
        console.do(bomb)
    assert console.guest.memory_bytes <= 32 << 20
    console.do("x = None")
    assert console.value("sum(range(1000))") == "499500"


@pytest.mark.parametrize(
    "bomb",
    [
        "def f(): return f()\nf()",
        "import sys\nsys.setrecursionlimit(10**8)\ndef f(): return f()\nf()",
        "import sys\nsys.setrecursionlimit(10**8)\nx = []\nfor i in range(10**5): x = [x]\nrepr(x)",
        "class A:\n    def __getattr__(self, name): return getattr(self, name + 'x')\nA().y",
        "eval('(' * 100_000 + ')' * 100_000)",
        "import json\njson.loads('[' * 100_000)",
        "import re\nre.match('(' * 5000 + ')' * 5000, 'a')",
    ],
)
def test_recursion_ends_in_an_error_or_in_a_trap(bomb):
    console = Console()
    console.guest.allow(20_000_000_000)
    with pytest.raises((GuestError, Trapped)) as caught:
        console.do(bomb)
    if isinstance(caught.value, Trapped):
        assert caught.value.reason in ("stack", "memory", "trap")
    assert Console().value("1") == "1"


@pytest.mark.parametrize("seed", range(4))
def test_malformed_bytecode_breaks_only_its_guest(seed):
    console = Console()
    console.guest.allow(2_000_000_000)
    code = f"import random\nrandom.seed({seed})\ndef f(): pass\n"
    code += "f.__code__ = f.__code__.replace(co_code=bytes(random.randrange(256) for i in range(600)))\nf()"
    try:
        console.do(code)
    except (GuestError, Trapped):
        pass
    assert Console().value("1") == "1"


def test_a_column_lies_in_the_guest_and_is_checked():
    console = Console()
    at = console.guest.column("heights", 4000)
    console.guest.view(at, 4)[:] = b"\x01\x02\x03\x04"
    assert console.value("list(heights[:4])") == "[1, 2, 3, 4]"
    wide = console.guest.column("heights", 400_000)
    console.guest.view(wide + 399_999, 1)[0] = 7
    assert console.value("heights[-1], len(heights)") == "(7, 400000)"
    with pytest.raises(Trapped):
        console.guest.view(console.guest.memory_bytes - 4, 5)


@pytest.mark.parametrize("address", [-1, 0, 1 << 31, (1 << 32) - 1])
def test_a_lie_about_a_column_is_found(address):
    lie = f"def boot(config): return b''\ndef call(kind, payload): return b''\ndef column(name, n): return {address}\n"
    with pytest.raises((Trapped, GuestError)):
        Console(files={"taixu_guest_main.py": lie}).guest.column("x", 1 << 20 if address else 1 << 30)


def test_bulk_arithmetic_happens_in_the_guests_memory_and_costs_fuel():
    console = Console()
    op = ops.pack("add", "f4", "f4", "f4")
    console.do(
        "a = array('f', range(100_000)); b = array('f', [0.5]) * 100_000; x = a.buffer_info()[0]; y = b.buffer_info()[0]\n"
        f"def add(n): _box.colop({op}, x, x, y, n, 0.0)"
    )
    spent = []
    for count in (10, 100_000):
        console.guest.allow(AMPLE_FUEL)
        console.do(f"add({count})")
        spent.append(console.guest.fuel_used)
    assert console.value("a[0], a[9], a[10], a[999]") == "(1.0, 10.0, 10.5, 999.5)"
    assert spent[1] - spent[0] > 150_000
    console.guest.allow(10_000_000)
    with pytest.raises(Trapped) as caught:
        console.do("while True: add(100_000)")
    assert caught.value.reason == "fuel"


def _words(*near: int) -> st.SearchStrategy[int]:
    return st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 7, 2**31, 2**32 - 4, *near]))


@settings(max_examples=120)
@given(
    op=st.one_of(st.integers(0, 2**32 - 1), st.integers(0, 2**20 - 1)),
    dst=_words(1 << 20, 15 << 20),
    a=_words(1 << 20, 15 << 20),
    b=_words(1 << 20, 15 << 20),
    n=_words(16, 1 << 20, 1 << 24),
    k=st.floats(allow_nan=True, allow_infinity=True),
)
def test_no_address_reaches_out_of_the_box(op, dst, a, b, n, k):
    """Whatever numbers a mod sends, the host answers or stops the guest; nothing else happens to this process."""
    before = np.arange(4096, dtype=np.uint8)
    console = Console()
    console.guest.allow(200_000_000)
    try:
        with np.errstate(all="ignore"):
            console.do(f"_box.colop({op}, {dst}, {a}, {b}, {n}, float('{k!r}'))")
    except Trapped as trapped:
        assert trapped.reason in ("trap", "fuel", "stack")
    except GuestError:
        pass  # it hit the interpreter's own memory, which is the mod's own loss
    assert (before == np.arange(4096, dtype=np.uint8)).all()


@settings(max_examples=60)
@given(level=st.integers(-(2**31), 2**31 - 1), at=_words(15 << 20), size=_words(4096, 1 << 30))
def test_a_log_line_is_read_from_the_guest_alone(level, at, size):
    console = Console()
    try:
        console.guest._write_line(level, at, size)
    except Trapped as trapped:
        assert trapped.reason == "trap"
    for found, text in console.lines:
        assert found in (1, 2, 3)
        assert len(text) <= 4096


def test_not_a_number_has_one_bit_pattern():
    console = Console()
    text = console.value("__import__('struct').pack('<d', float('inf') - float('inf')).hex()")
    assert text == repr(struct.pack("<Q", 0x7FF8000000000000).hex())


def _walk(console: Console, steps: int) -> list[str]:
    return [console.value("step()") for _ in range(steps)]


_WALKER = """
import random
trail = {}
def step():
    trail[random.random()] = [random.gauss(0, 1) for _ in range(50)]
    return hash(str(trail)), len(trail)
"""


def test_a_snapshot_is_the_whole_state():
    console = Console()
    console.do(_WALKER)
    _walk(console, 5)
    kept = console.guest.snapshot()
    later = _walk(console, 20)
    console.guest.restore(kept)
    console.guest.allow(AMPLE_FUEL)
    assert _walk(console, 20) == later


def test_a_snapshot_revives_a_dead_guest_and_fits_into_a_new_one():
    console = Console()
    console.do(_WALKER + "big = bytearray(20_000_000)\n")
    kept = console.guest.snapshot()
    expected = _walk(console, 3)
    console.guest.allow(1000)
    with pytest.raises(Trapped):
        console.value("step()")
    other = Console()
    for guest in (console.guest, other.guest):
        guest.restore(kept)
        guest.allow(AMPLE_FUEL)
    assert _walk(console, 3) == _walk(other, 3) == expected
    assert other.guest.memory_bytes == console.guest.memory_bytes > 20_000_000


def test_what_is_no_snapshot_is_refused():
    console = Console()
    kept = console.guest.snapshot()
    header = struct.Struct("<8sII")
    magic, pages, _ = header.unpack_from(kept)
    wild = header.pack(magic, pages, 1) + struct.pack("<I", pages * 16) + bytes(4096)
    large = header.pack(magic, 60_000, 0)
    for data in (b"", kept[:-1], kept + b"x", b"x" + kept[1:], wild, large, header.pack(magic, 1, 0)):
        with pytest.raises(ValueError, match="snapshot"):
            console.guest.restore(data)
    assert console.value("1") == "1"


def test_too_small_a_memory_is_said(image):
    with pytest.raises(Trapped) as caught:
        Guest(image, 1 << 20, lambda level, text: None)
    assert caught.value.reason == "memory"
