"""The first Python that runs inside the box: imports, refusals, and the three entries that the host calls.

What is refused here is refused for friendliness, so that a mod's author reads one clear sentence. Nothing rests on it: the
image has no import through which a file, a clock or a process could be reached, whatever a mod does to this interpreter.
"""

import sys

import _box

SHORT_TEXT = 4000


class Lines:
    """Where print writes: whole lines go to the mod's log."""

    encoding = "utf-8"
    errors = "backslashreplace"

    def __init__(self, level):
        self.level = level
        self.rest = ""

    def write(self, text):
        *lines, self.rest = (self.rest + text).split("\n")
        for line in lines:
            _box.log(self.level, line[:SHORT_TEXT])
        if len(self.rest) > SHORT_TEXT:
            self.flush()
        return len(text)

    def flush(self):
        if self.rest:
            _box.log(self.level, self.rest[:SHORT_TEXT])
            self.rest = ""

    def isatty(self):
        return False


sys.stdout, sys.stderr = Lines(1), Lines(3)  # first of all, so that the build sees what goes wrong below

import _io  # noqa: E402
import builtins  # noqa: E402
import datetime  # noqa: E402
import gc  # noqa: E402
import hashlib  # noqa: E402
import importlib.machinery  # noqa: E402
import io  # noqa: E402
import json  # noqa: E402
import linecache  # noqa: E402
import random  # noqa: E402
import re  # noqa: E402
import traceback  # noqa: E402
import types  # noqa: E402

import taixu_baked  # noqa: E402

MODULES = """
    __future__ _collections_abc _pylong _strptime abc array ast atexit base64 binascii bisect builtins cmath codecs collections
    collections.abc colorsys contextlib contextvars copy copyreg dataclasses datetime decimal difflib dis enum errno
    fractions functools gc genericpath hashlib heapq html importlib importlib.util inspect io itertools json keyword
    linecache locale math numbers opcode operator pprint queue random re reprlib sched secrets stat statistics string
    string.templatelib struct textwrap token tokenize tomllib traceback types typing unicodedata uuid warnings weakref
    zlib annotationlib calendar csv graphlib encodings.ascii encodings.latin_1 encodings.utf_8 encodings.utf_16
    encodings.utf_16_le encodings.utf_32 encodings.idna encodings.unicode_escape encodings.raw_unicode_escape
    encodings.hex_codec encodings.base64_codec encodings.aliases
"""
"""Imported before the snapshot is taken, so that they cost a mod nothing."""
NOT_FOR_MODS = """
    posix posixpath ntpath _thread threading signal importlib.util importlib.machinery importlib _imp zipimport
    stat errno gc dis opcode locale queue sched secrets uuid genericpath _pyrepl
    _frozen_importlib_external _frozen_importlib marshal _weakref
"""
"""Python itself leans on these; a mod that asks for one is told that there is none."""

FILES = "a mod has no files: keep what must last in on_save and on_load"
CLOCK = "a mod has no clock: on_tick is given the seconds that have passed, and game.time counts them"
PROCESSES = "a mod cannot start processes or read the computer it runs on"
NETWORK = "a mod has no network of its own: ask for the capability net in mod.toml"
CHANCE = "a mod has no source of true chance: random is seeded by the world, so that every run can be repeated"
THREADS = "a mod runs in one thread, called by the world"
NATIVE = "a mod is Python source only: native code is not loaded"
REASONS = {
    FILES: """
        os pathlib shutil tempfile glob fileinput sqlite3 dbm shelve zipfile tarfile gzip posix posixpath ntpath
        mmap fcntl stat
    """,
    CLOCK: "time sched timeit",
    PROCESSES: "subprocess multiprocessing platform pty signal resource pwd grp",
    NETWORK: "socket ssl select selectors http urllib ftplib smtplib socketserver xmlrpc requests",
    CHANCE: "secrets uuid",
    THREADS: "threading asyncio concurrent _thread queue",
    NATIVE: "ctypes cffi importlib imp marshal zipimport runpy pip ensurepip",
}
SEED = re.compile(rb'\{"seed": ?(-?[0-9]+)[,}]')
REASON_OF = {name: reason for reason, names in REASONS.items() for name in names.split()}


class NotInMods(ImportError):
    """Raised where a mod asks for something that the box does not have."""


def because(name):
    return REASON_OF.get(name.partition(".")[0], "it is not part of the Python that mods run in")


class Refusal(types.ModuleType):
    """A module that can be imported and has nothing: its first use says why."""

    def __getattr__(self, name):
        if name.startswith("__") and name.endswith("__"):
            raise AttributeError(name)
        reason = CHANCE if (self.__name__, name) in (("os", "urandom"), ("os", "getrandom")) else because(self.__name__)
        raise NotInMods(f"{self.__name__}.{name}: {reason}")


class Sources:
    """Imports the mod's own files, and says one sentence about whatever else is asked for."""

    def __init__(self):
        self.texts = {}

    def find_spec(self, name, path=None, target=None):
        place = name.replace(".", "/")
        for file, package in ((f"{place}.py", False), (f"{place}/__init__.py", True)):
            if file in self.texts:
                return importlib.machinery.ModuleSpec(name, self, origin=file, is_package=package)
        if any(file.startswith(place + "/") for file in self.texts):
            return importlib.machinery.ModuleSpec(name, self, origin=place, is_package=True)
        if name.partition(".")[0] in sys.modules and "." in name:
            return None
        raise NotInMods(f"import {name}: {because(name)}", name=name)

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        file = module.__spec__.origin
        text = self.texts.get(file, "")
        linecache.cache[file] = (len(text), None, text.splitlines(True), file)
        exec(compile(text, file, "exec", dont_inherit=True), module.__dict__)


def refuse(name, reason):
    def refused(*args, **kwargs):
        raise NotInMods(f"{name}(): {reason}")

    refused.__name__ = refused.__qualname__ = name
    return refused


class DateKind(type):
    """What C makes of a date is one, too."""

    def __instancecheck__(cls, one):
        return isinstance(one, vars(cls)["_of_c"]) if "_of_c" in vars(cls) else type.__instancecheck__(cls, one)

    def __subclasscheck__(cls, kind):
        return issubclass(kind, vars(cls)["_of_c"]) if "_of_c" in vars(cls) else type.__subclasscheck__(cls, kind)


def no_clock():
    """Dates can be reckoned with; which one it is today nobody says. (Behind these names C's clock stands at zero.)"""
    for name, asked in (("date", ["today"]), ("datetime", ["today", "now", "utcnow"])):
        base = getattr(datetime, name)
        space = {one: classmethod(refuse(f"datetime.{name}.{one}", CLOCK)) for one in asked}
        space |= {"__module__": "datetime", "__qualname__": name, "__doc__": base.__doc__, "__slots__": (), "_of_c": base}
        setattr(datetime, name, DateKind(f"datetime.{name}", (base,), space))


sources = Sources()
main = None
baked = {}
"""Files of the engine's side of the guest that are in the snapshot, and their hashes: they run anew only where they differ."""


def settle():
    """The last step before the snapshot: from here on nothing is found but what is loaded, and a mod's own files."""
    global main
    for name in MODULES.split():
        __import__(name)
    for name, text in taixu_baked.TEXTS.items():
        module = __import__(name)
        baked[f"{name}.py"] = hashlib.sha256(text.encode()).digest()
        if name == "taixu_guest_main":
            main = module
    taixu_baked.TEXTS.clear()
    for name in NOT_FOR_MODS.split():
        sys.modules.pop(name, None)
    for name in ["os", "time"]:
        sys.modules[name] = Refusal(name)
    sys.meta_path[:] = [sources]
    sys.path_hooks.clear()
    sys.path.clear()
    sys.path_importer_cache.clear()
    builtins.open = refuse("open", FILES)
    for module in (io, _io):
        module.open = module.open_code = refuse("io.open", FILES)
    no_clock()
    sys.set_int_max_str_digits(0)  # long numbers cost what they cost: instructions are counted
    builtins.input = refuse("input", "a mod has no terminal")
    builtins.breakpoint = refuse("breakpoint", "a mod has no terminal")
    linecache.clearcache()
    linecache.checkcache = lambda filename=None: None
    linecache.updatecache = lambda filename, module_globals=None: []
    gc.collect()
    _box.keep(gc.get_objects())
    del _box.keep


def answered(function, *args):
    """A zero and what the function gave, or a one and the text of what went wrong: nothing else leaves the guest."""
    try:
        result = b"\0" + function(*args)
    except MemoryError:
        result = b"\1MemoryError: the mod's memory is full"
    except BaseException as error:
        try:
            text = "".join(traceback.format_exception(error))
        except BaseException:
            text = type(error).__name__
        result = b"\1" + text[-SHORT_TEXT:].encode("utf-8", "backslashreplace")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, Lines):
            stream.flush()
    return result


def boot(config, files):
    return answered(_boot, config, files)


def _boot(config, files):
    global main
    first = SEED.match(config)  # most of what a mod is told concerns it alone: it is read once, by taixu_guest_main
    random.seed(int(first[1]) if first else (json.loads(config) if config else {}).get("seed", 0))
    sources.texts.update(json.loads(files) if files else {})
    if any(hashlib.sha256(text.encode()).digest() != baked.get(file, b"") for file, text in sources.texts.items() if file in baked):
        for file in baked:
            sys.modules.pop(file.removesuffix(".py"), None)
        main = None
    if main is None:
        main = __import__("taixu_guest_main")
    return main.boot(config)


def call(kind, payload):
    return answered(main.call, kind, payload)


def column(name, size):
    return answered(lambda: main.column(name.decode(), size).to_bytes(4, "little"))
