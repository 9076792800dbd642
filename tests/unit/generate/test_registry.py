"""Which generators there are: known by name before they are imported."""

from __future__ import annotations

import subprocess
import sys

from taixu.generate.registry import BUILT_IN, Generators, import_generator


def test_the_table_says_what_generators_say_of_themselves() -> None:
    found = {reference: import_generator(reference) for reference in BUILT_IN}
    assert {reference: (each.name, each.makes) for reference, each in found.items()} == BUILT_IN
    assert [each.name for each in Generators(plugins=False)] == [name for name, _ in BUILT_IN.values()]


def test_only_what_is_asked_for_is_imported() -> None:
    """A command that makes a sound waits for no houses."""
    code = (
        "import sys; from taixu.generate.registry import Generators; found = Generators(plugins=False);"
        "print(found.find('sound').name, len(found.kinds) > 12, 'taixu.generate.worlds.generator' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["sound", "True", "False"]
