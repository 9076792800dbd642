"""Links position-independent libraries into one module whose memory and table are laid out here, once and for all.

The libraries of the componentize-py wheel are made for a loader. Here every address is settled when linking: a module
``base`` carries memory, table and all the constants that a loader would fill in; ``stubs`` answers what a mod has no
use for (files, sockets, clocks, processes); ``begin`` fills the table and applies relocations. What is left is merged
by binaryen.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import wasm
from policy import ANSWERS, FROM_BUILD, UNWANTED_MODULES, Answer
from wasmtime import wat2wasm

STACK_BYTES = 1 << 20
HEAP_BYTES = 4 << 20
MESSAGE_BYTES = 64 << 10
GLUE_BYTES = 4096 + MESSAGE_BYTES
_GLUE_SLOTS = 6
_GLUE_ROOM = {  # what the glue keeps, in bytes
    "scratch": 8, "answer": 8, "arguments": 16, "log_def": 16, "colop_def": 16, "operation": 48, "places_def": 16, "places": 16,
    "view": 48, "lanes": 80, "members": 64, "keep_def": 16, "parts": 24, "spec": 24,
}  # fmt: skip
_LIBRARIES = ("c", "signal", "getpid", "pclocks", "python")  # in the order in which they are initialised


@dataclass
class Layout:
    """Where each library's data and table slots begin."""

    memory: dict[str, int] = field(default_factory=dict)
    slots: dict[str, int] = field(default_factory=dict)
    memory_end: int = 0
    slots_end: int = 1  # slot 0 is the null pointer


def _lay_out(libraries: dict[str, bytes]) -> Layout:
    """The stack lies lowest, so that what overflows it traps instead of writing over data."""
    layout = Layout(memory_end=STACK_BYTES)
    for name in _LIBRARIES:
        size, align, slots = wasm.dynamic_needs(libraries[name])
        align = max(align, 16)
        layout.memory[name] = (layout.memory_end + align - 1) // align * align
        layout.memory_end = layout.memory[name] + size
        layout.slots[name] = layout.slots_end
        layout.slots_end += slots
    layout.memory["glue"] = (layout.memory_end + 15) // 16 * 16
    layout.memory_end = layout.memory["glue"] + GLUE_BYTES
    layout.slots["glue"] = layout.slots_end
    layout.slots_end += _GLUE_SLOTS
    return layout


def _glue(text: str, layout: Layout, address: Callable[[str], int]) -> bytes:
    """The glue, with addresses for its texts, its room and what it names of the libraries' data (`&SYMBOL`)."""
    at = layout.memory["glue"]
    places = {"message": at + GLUE_BYTES - MESSAGE_BYTES, "message_bytes": MESSAGE_BYTES, "slots": layout.slots["glue"]}
    data = bytearray()
    for name, nbytes in _GLUE_ROOM.items():
        places[name] = at + len(data)
        data.extend(bytes(nbytes))

    def place(match: re.Match[str]) -> str:
        key = match.group(1)
        if key.startswith("&"):
            return str(address(key[1:]))
        if key not in places:
            places[key] = at + len(data)
            data.extend(key[1:-1].encode() + b"\0")
        return str(places[key])

    text = re.sub(r"\{\{(.+?)\}\}", place, text)
    if len(data) > GLUE_BYTES - MESSAGE_BYTES:
        raise ValueError("the glue's texts outgrow their room")
    raw = "".join(f"\\{byte:02x}" for byte in data)
    text = text.rstrip().removesuffix(")") + f'  (data (i32.const {at}) "{raw}"))\n'
    return bytes(wat2wasm(text))


class _Linker:
    def __init__(self, libraries: dict[str, bytes]) -> None:
        self.libraries = libraries
        self.layout = _lay_out(libraries)
        self.exports = {name: wasm.exports(module) for name, module in libraries.items()}
        self.data = {name: wasm.exported_globals(module) for name, module in libraries.items()}
        self.types = {name: wasm.function_types(module) for name, module in libraries.items()}
        self.globals: dict[str, str] = {}
        self.stubs: dict[str, str] = {}
        self.from_build: dict[str, str] = {}
        self.pointers: dict[str, tuple[str, str]] = {}  # function's name -> module and export, in the order of slots

    def provider(self, name: str) -> str | None:
        return next((library for library in _LIBRARIES if name in self.exports[library]), None)

    def address(self, symbol: str) -> int:
        ends = {
            "__heap_base": (self.layout.memory_end + 15) // 16 * 16,
            "__heap_end": self.pages * wasm.PAGE,
            "__stack_high": STACK_BYTES,
            "__stack_low": 0,
        }
        if symbol in ends:
            return ends[symbol]
        library = self.provider(symbol)
        if library is None or symbol not in self.data[library]:
            raise ValueError(f"no library has the datum {symbol}")
        return self.layout.memory[library] + self.data[library][symbol]

    @property
    def pages(self) -> int:
        return (self.layout.memory_end + HEAP_BYTES + wasm.PAGE - 1) // wasm.PAGE

    def function(self, name: str, user: str, kind: tuple[list[str], list[str]] | None) -> tuple[str, str]:
        """Module and export that answer for the function `name` where `user` imports it."""
        inside = user == "c" and self.provider(name) == "c"
        if name in FROM_BUILD and user != "c":
            return "build", name
        answer = Answer.REFUSED if name in UNWANTED_MODULES else ANSWERS.get(name)
        if answer is None or (inside and name != "getentropy"):
            library = self.provider(name)
            if library is not None:
                return library, name
            answer = Answer.TRAP
        if name not in self.stubs:
            if kind is None:
                library = self.provider(name) or user
                kind = self.type_of(library, name)
            self.stubs[name] = _stub(name, kind, answer, self.address("errno"))
        return "stubs", name

    def type_of(self, library: str, name: str) -> tuple[list[str], list[str]]:
        """The type of an exported function, found through the function section."""
        module = self.libraries[library]
        imported = [item for item in wasm.imports(module) if item.kind == wasm.FUNC_KIND]
        index = self.exports[library][name][1]
        if index < len(imported):
            detail = imported[index].detail
            assert isinstance(detail, int)
            return self.types[library][detail]
        for number, body in wasm.sections(module):
            if number == wasm.FUNCTION:
                _, at = wasm.read_unsigned(body, 0)
                for _ in range(index - len(imported) + 1):
                    kind, at = wasm.read_unsigned(body, at)
                return self.types[library][kind]
        raise ValueError(name)

    def pointer(self, name: str, user: str) -> int:
        if name not in self.pointers:
            self.pointers[name] = self.function(name, "" if user == "c" and name in self.exports["c"] else user, None)
        return self.layout.slots_end + list(self.pointers).index(name)

    def rewire(self, user: str) -> bytes:
        """The library with each import named after the module that answers it."""

        def renamed(item: wasm.Import) -> tuple[str, str]:
            if item.module == "GOT.mem":
                self.globals[f"data.{item.name}"] = f"(mut i32) (i32.const {self.address(item.name)})"
                return "base", f"data.{item.name}"
            if item.module == "GOT.func":
                self.globals[f"slot.{item.name}"] = f"(mut i32) (i32.const {self.pointer(item.name, user)})"
                return "base", f"slot.{item.name}"
            if item.kind == wasm.FUNC_KIND:
                assert isinstance(item.detail, int)
                name = item.name if item.module == "env" else f"{item.module} {item.name}"
                return self.function(name, user, self.types[user][item.detail])
            if item.name == "__memory_base":
                self.globals[f"memory.{user}"] = f"i32 (i32.const {self.layout.memory[user]})"
                return "base", f"memory.{user}"
            if item.name == "__table_base":
                self.globals[f"slots.{user}"] = f"i32 (i32.const {self.layout.slots[user]})"
                return "base", f"slots.{user}"
            return "base", item.name

        return wasm.rewired(self.libraries[user], renamed)

    def base(self) -> bytes:
        slots = self.layout.slots_end + len(self.pointers)
        lines = [
            f'(memory (export "memory") {self.pages})',
            f'(table (export "__indirect_function_table") {slots} {slots} funcref)',
            f'(global (export "__stack_pointer") (mut i32) (i32.const {STACK_BYTES}))',
            *(f'(global (export "{name}") {value})' for name, value in sorted(self.globals.items())),
        ]
        return bytes(wat2wasm("(module\n" + "\n".join(lines) + ")"))

    def begin(self) -> bytes:
        """Fills the table with the functions whose addresses are taken, then lets every library relocate its data."""
        lines = ['(import "base" "__indirect_function_table" (table 1 funcref))']
        for number, (module, name) in enumerate(self.pointers.values()):
            kind = self.stub_types[name] if module == "stubs" else self.type_of(self.provider(name) or module, name)
            lines.append(f'(import "{module}" "{name}" (func $p{number} {_signature(kind)}))')
        calls: list[str] = []
        for step in ("__wasm_apply_data_relocs", "_initialize"):
            for library in _LIBRARIES:
                if step in self.exports[library]:
                    lines.append(f'(import "{library}" "{step}" (func ${library}{step}))')
                    calls.append(f"(call ${library}{step})")
        names = " ".join(f"$p{number}" for number in range(len(self.pointers)))
        lines.append(f"(elem (i32.const {self.layout.slots_end}) {names})")
        lines.append('(func (export "relocate") ' + " ".join(calls) + ")")
        return bytes(wat2wasm("(module\n" + "\n".join(lines) + ")"))

    @property
    def stub_types(self) -> dict[str, tuple[list[str], list[str]]]:
        return {name: _parse_signature(text) for name, text in self.stubs.items()}


def _signature(kind: tuple[list[str], list[str]]) -> str:
    takes, gives = kind
    return " ".join([f"(param {' '.join(takes)})"] * bool(takes) + [f"(result {' '.join(gives)})"] * bool(gives))


def _parse_signature(text: str) -> tuple[list[str], list[str]]:
    head = text.split("\n", 1)[0]
    takes = re.search(r"\(param ([^)]*)\)", head)
    gives = re.search(r"\(result ([^)]*)\)", head)
    return (takes.group(1).split() if takes else [], gives.group(1).split() if gives else [])


def _stub(name: str, kind: tuple[list[str], list[str]], answer: Answer, errno: int) -> str:
    """A function of the type `kind` that does nothing but what `answer` says."""
    result = kind[1][0] if kind[1] else ""
    not_permitted = f"(i32.store (i32.const {errno}) (i32.const 63))"
    body = {
        Answer.TRAP: "unreachable",
        Answer.REFUSED: f"{not_permitted} ({result}.const -1)" if result else "",
        Answer.NOTHING: f"({result}.const 0)" if result else "",
        Answer.NOWHERE: f"(i32.store (i32.const {errno}) (i32.const 44)) ({result}.const 0)",
        Answer.BUSY: f"({result}.const 6)",
        Answer.EMPTY_LIST: "(i64.store (local.get 0) (i64.const 0))",
        # The lowest addresses are the far end of the stack: zeros, while there is room for calls at all.
        Answer.ZEROS: "(i32.store (local.get 1) (i32.const 0)) (i32.store offset=4 (local.get 1) (i32.wrap_i64 (local.get 0)))",
        Answer.NEVER: "(i64.store (local.get 1) (i64.const 0)) (i64.store offset=8 (local.get 1) (i64.const 0)) (i32.const 0)",
    }[answer]
    if answer is Answer.REFUSED and name.startswith("PyInit_"):
        body = "(i32.const 0)"
    return f'(func (export "{name}") {_signature(kind)}\n  {body})'


@dataclass(frozen=True)
class Linked:
    """The modules to merge, by the names by which they import from each other, and where errno lies."""

    modules: dict[str, bytes]
    errno: int


def link(libraries: dict[str, bytes], glue: Path) -> Linked:
    """Lay everything out; of the imports only those from ``build`` and ``host`` stay open."""
    linker = _Linker(libraries)
    out = {name: linker.rewire(name) for name in _LIBRARIES}
    out["glue"] = _glue(glue.read_text(), linker.layout, linker.address)
    out["begin"] = linker.begin()
    stubs = ['(import "base" "memory" (memory 1))', *linker.stubs.values()]
    out["stubs"] = bytes(wat2wasm("(module\n" + "\n".join(stubs) + ")"))
    return Linked({"base": linker.base(), **out}, linker.address("errno"))


def without_build(module: bytes, errno: int) -> bytes:
    """What answers, after the snapshot, for the functions that the build itself answered: there are no files."""
    types = wasm.function_types(module)
    lines = ['(import "image" "memory" (memory 1))']
    for item in wasm.imports(module):
        if item.module == "build":
            assert isinstance(item.detail, int)
            text = _stub(item.name, types[item.detail], Answer.REFUSED, errno)
            if text not in lines:
                lines.append(text)
    return bytes(wat2wasm("(module\n" + "\n".join(lines) + ")"))
