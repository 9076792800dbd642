"""Components are said in Chinese too: titles, fields, choices, docs."""

from __future__ import annotations

import pytest

pytest.importorskip("imgui_bundle", reason='the editor is not installed; pip install "taixu[editor]"')

from taixu_editor.host import Host
from taixu_editor.panels.inspector_components import component_title, package_title
from taixu_editor.panels.inspector_sheet import HIDDEN
from taixu_editor.texts import Texts, read_table
from taixu_editor.widgets.spec import humanise, specs_of_component


def said() -> set[str]:
    host = Host()
    host.session.new()
    found: set[str] = set()
    for declared in host.session.components:
        if not declared.authored or declared.name in HIDDEN or not declared.cls.__module__.startswith("taixu."):
            continue
        found |= {component_title(declared.name), package_title(declared), (declared.cls.__doc__ or "").strip().split("\n")[0]}
        for spec in specs_of_component(declared):
            found |= {spec.title, spec.doc, *map(humanise, spec.choices)}
    host.close()
    return found - {""}


def test_every_word_has_its_line_and_every_line_its_word() -> None:
    table = read_table("zh-Hans", "components")
    words = said()
    assert sorted(words - set(table)) == []
    assert sorted(set(table) - words) == []
    assert list(table) == sorted(table)


def test_a_light_is_no_theme() -> None:
    t = Texts("zh-Hans")
    assert t.word("Light") == "光源"
    assert t.word("no such word") == "no such word"
