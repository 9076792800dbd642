"""Manifests: what is read, and tricks that are refused in one sentence with a line."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest
from mod_packages import manifest

from taixu.errors import TaixuError
from taixu.mods.packages.manifest import API_VERSION, Capability, manifest_findings, read_manifest
from taixu.mods.packages.manifest_rules import CAPABILITIES, RULES, manifest_schema, rules_table
from taixu.mods.packages.version import parse_range, parse_version

FULL = b"""
schema = 1
id = "alice.swarm"
version = "1.2.0-rc.1"
api = "^1.0"
entry = "swarm.py"
title = "Swarm"
description = "Birds."
licence = "Apache-2.0"
authors = ["Alice", "\xe6\x9d\x8e\xe9\x9b\xb7"]
[depends]
bob.paths = "^1.2"
"carol.wind" = ">=1 <3"
[optional]
"dave.sky" = "*"
[conflicts]
"eve.storm" = "<2"
[order]
after = ["bob.weather"]
before = ["zed.camera"]
[access]
read = ["transform", "rigid_body.mass_kg"]
write = ["transform.translation"]
[capabilities.spawn]
max = 200
why = "birds"
[capabilities.net]
hosts = ["b.example.org", "api.example.org"]
why = "the weather"
[capabilities.input.text]
why = "names"
[capabilities.input]
why = "looking round"
[quota]
ms = 1.5
memory_mb = 128
host_calls = 50
"""


def test_a_whole_manifest_is_read() -> None:
    found = read_manifest(FULL)
    assert (found.id, found.version, found.entry, found.label) == (
        "alice.swarm", parse_version("1.2.0-rc.1"), "swarm.py", "alice.swarm 1.2.0-rc.1",
    )  # fmt: skip
    assert found.depends == {"bob.paths": parse_range("^1.2"), "carol.wind": parse_range(">=1 <3")}
    assert (found.after, found.before) == (("bob.weather",), ("zed.camera",))
    assert found.write == ("transform.translation",)
    assert found.capabilities["spawn"] == Capability("spawn", "birds", 200)
    assert found.capabilities["net"].hosts == ("api.example.org", "b.example.org")
    assert set(found.capabilities) == {"spawn", "net", "input", "input.text"}
    assert (found.quota.ms, found.quota.memory_mb, found.quota.host_calls) == (1.5, 128, 50)
    assert found.authors == ("Alice", "李雷")


def test_the_least_manifest_is_read() -> None:
    found = read_manifest(manifest())
    assert found.capabilities == {} and found.quota.ms == 2.0 and found.quota.memory_mb == 64


def test_a_mod_for_another_interface_is_refused() -> None:
    other = manifest().replace(b'api = "^1.0"', b'api = ">=99"')
    with pytest.raises(TaixuError, match=f"this Taixu has {API_VERSION}"):
        read_manifest(other).require_api()
    read_manifest(manifest()).require_api()


GOOD = manifest()
TRICKS: dict[str, tuple[bytes, str]] = {
    "no TOML": (b"schema = = 1", "this is no TOML"),
    "no UTF-8": (b"\xff\xfe" + GOOD, "no UTF-8"),
    "a key twice": (GOOD + b'\nid = "eve.fish"\n', "no TOML"),
    "an unknown key": (manifest(top='exec = "rm"'), "line 8: exec: is nothing that a manifest has"),
    "a misspelt key": (manifest(top='descripton = "x"'), "did you mean description"),
    "an unknown capability": (manifest(more='[capabilities.files]\nwhy = "x"'), "capabilities.files: is nothing"),
    "exec as a capability": (manifest(more='[capabilities.exec]\nwhy = "x"'), "capabilities.exec: is nothing"),
    "a capability without a reason": (manifest(more="[capabilities.ui]"), "capabilities.ui.why: is missing"),
    "an empty reason": (manifest(more='[capabilities.ui]\nwhy = "  "'), "takes 1 to 200 letters"),
    "a long reason that scrolls the screen": (manifest(more=f'[capabilities.ui]\nwhy = "{"x" * 500}"'), "takes 1 to 200 letters"),
    "escape sequences in a reason": (manifest(more='[capabilities.ui]\nwhy = "\\u001b[2Jnothing at all"'), r"U\+001B"),
    "turned letters in a title": (GOOD.replace(b'"Fish"', '"Fi\u202ehs"'.encode()), r"U\+202E"),
    "invisible letters in a title": (GOOD.replace(b'"Fish"', '"Fi\u200bsh"'.encode()), r"U\+200B"),
    "a capability as a word": (manifest(more="[capabilities]\nui = true"), "takes a table"),
    "spawn without end": (manifest(more='[capabilities.spawn]\nmax = 99999999\nwhy = "x"'), "1 to 10,000"),
    "spawn of less than nothing": (manifest(more='[capabilities.spawn]\nmax = -1\nwhy = "x"'), "1 to 10,000"),
    "spawn as a truth": (manifest(more='[capabilities.spawn]\nmax = true\nwhy = "x"'), "a whole number"),
    "spawn of infinity": (manifest(more='[capabilities.spawn]\nmax = inf\nwhy = "x"'), "a whole number"),
    "net to everywhere": (manifest(more='[capabilities.net]\nhosts = ["*"]\nwhy = "x"'), "no public name"),
    "net by a wildcard": (manifest(more='[capabilities.net]\nhosts = ["*.example.org"]\nwhy = "x"'), "no public name"),
    "net to this machine": (manifest(more='[capabilities.net]\nhosts = ["localhost"]\nwhy = "x"'), "no public name"),
    "net to a printer": (manifest(more='[capabilities.net]\nhosts = ["printer.local"]\nwhy = "x"'), "no public name"),
    "net to an address": (manifest(more='[capabilities.net]\nhosts = ["169.254.169.254"]\nwhy = "x"'), "is an address"),
    "net to an address of six": (manifest(more='[capabilities.net]\nhosts = ["[::1]"]\nwhy = "x"'), "is an address"),
    "net to an address as a number": (manifest(more='[capabilities.net]\nhosts = ["2130706433"]\nwhy = "x"'), "no public name"),
    "net to a homoglyph": (manifest(more='[capabilities.net]\nhosts = ["ex\u0430mple.org"]\nwhy = "x"'), "no public name"),
    "net with a port": (manifest(more='[capabilities.net]\nhosts = ["example.org:22"]\nwhy = "x"'), "no public name"),
    "net with a user": (manifest(more='[capabilities.net]\nhosts = ["a@example.org"]\nwhy = "x"'), "no public name"),
    "net to nobody": (manifest(more='[capabilities.net]\nhosts = []\nwhy = "x"'), "takes 1 to 16 items"),
    "time without end": (manifest(more="[quota]\nms = 1e9"), "0.05 to 8"),
    "no time": (manifest(more="[quota]\nms = nan"), "0.05 to 8"),
    "memory without end": (manifest(more="[quota]\nmemory_mb = 100000"), "16 to 256"),
    "two budgets": (manifest(more="[quota]\nms = 1.0\nfuel = 100000"), "stands beside ms"),
    "an entry outside": (GOOD.replace(b'"main.py"', b'"../main.py"'), "leads out"),
    "an entry that is absolute": (GOOD.replace(b'"main.py"', b'"/main.py"'), "absolute"),
    "an entry of bytecode": (GOOD.replace(b'"main.py"', b'"main.pyc"'), "ends in .py"),
    "an entry in wasm": (GOOD.replace(b'"main.py"', b'"main.wasm"'), "ends in .py"),
    "a version of two parts": (manifest(version="1.2"), "no version such as 1.2.0"),
    "a version with zeros": (manifest(version="01.2.0"), "no version"),
    "a version with build data": (manifest(version="1.2.0+evil"), "no version"),
    "a version with a path": (manifest(version="1.2.0/../.."), "no version"),
    "a version that is huge": (manifest(version="9" * 60 + ".0.0"), "no version"),
    "a version in other digits": (manifest(version="\uff11.2.0"), "no version"),
    "a range that is none": (manifest(more='[depends]\n"bob.a" = "latest"'), "no range of versions"),
    "a range of alternatives without end": (manifest(more='[depends]\n"bob.a" = "' + "1 || " * 40 + '1"'), "no range"),
    "a dependency on itself": (manifest(more='[depends]\n"alice.fish" = "*"'), "this mod itself"),
    "a dependency that is an enemy": (manifest(more='[depends]\n"bob.a" = "*"\n[conflicts]\n"bob.a" = "*"'), "in depends too"),
    "before and after": (manifest(more='[order]\nafter = ["bob.a"]\nbefore = ["bob.a"]'), "before and after"),
    "a dependency by address": (manifest(more='[depends]\n"https://evil.example/x.zip" = "*"'), "no id"),
    "a dependency in another alphabet": (manifest(more='[depends]\n"b\u043eb.paths" = "*"'), r"U\+043E"),
    "columns with stars": (manifest(more='[access]\nwrite = ["*"]'), "no column"),
    "columns of the interpreter": (manifest(more='[access]\nwrite = ["__class__.__base__"]'), "no column"),
    "a column twice": (manifest(more='[access]\nread = ["a.b", "a.b"]'), "twice"),
    "a schema to come": (GOOD.replace(b"schema = 1", b"schema = 2"), "line 1: schema: takes a whole number, 1, not 2"),
    "depth": (manifest(more="x = " + "[" * 200 + "]" * 200), "nests"),
    "depth by lines": (manifest(more="x = " + "[\n" * 20_000 + "]\n" * 10_000), "no TOML"),
    "depth by lines, closed": (manifest(more="x = " + "[\n" * 300 + "]\n" * 300), "nests deeper"),
    "keys of a thousand dots": (manifest(more=".".join("a" * 1 for _ in range(900)) + " = 1"), "nests or lists"),
    "a size": (GOOD + b"#" * 100_000, "bytes are too many"),
}  # fmt: skip


@pytest.mark.parametrize("name", TRICKS)
def test_tricks(name: str) -> None:
    text, said = TRICKS[name]
    with pytest.raises(TaixuError, match=said) as refusal:
        read_manifest(text, file="mods/fish/mod.toml")
    sentence = str(refusal.value)
    assert sentence.startswith("mods/fish/mod.toml: ")
    assert sentence.isprintable() or "no TOML" in said
    assert manifest_findings(text)


def test_a_plain_reader_takes_most_of_them() -> None:
    """TOML alone says nothing against them: the rules do."""
    taken = 0
    for text, _ in TRICKS.values():
        try:
            tomllib.loads(text.decode())
            taken += 1
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
            pass
    assert taken >= len(TRICKS) - 4


def test_all_that_is_wrong_is_found_with_lines() -> None:
    text = manifest(version="1", more='[capabilities.ui]\nwhi = "x"').replace(b'"Fish"', b"7")
    found = [str(each) for each in manifest_findings(text)]
    assert [each.split(":")[0] for each in found] == ["line 3", "line 6", "line 9", "line 10"]
    assert "capabilities.ui.why: is missing" in found[2]


def test_the_schema_agrees_with_the_reader() -> None:
    schema = manifest_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    whole = tomllib.loads(FULL.decode())
    whole["capabilities"]["input.text"] = whole["capabilities"]["input"].pop("text")
    jsonschema.validate(whole, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**whole, "exec": "rm"}, schema)
    assert json.dumps(schema)


def test_every_rule_has_an_example_that_is_good() -> None:
    for rule in RULES:
        assert rule.doc.endswith(".") and rule.example not in ("", [], {}), rule.path
    whys = {rule.path for rule in RULES if rule.path.endswith(".why")}
    assert whys == {f"capabilities.{name}.why" for name in CAPABILITIES}


def test_the_guide_has_the_table_of_rules() -> None:
    guide = Path(__file__).resolve().parents[4] / "docs" / "guide" / "mod-packages.md"
    assert rules_table() in guide.read_text(encoding="utf-8"), "renew the table: taixu.mods.packages.manifest_rules.rules_table()"
