"""What was done by hand is saved, and done again without a window."""

from __future__ import annotations

import subprocess
import sys

from assets import wait_until
from desk import field_at
from editor_flows import Hand, flow
from jsonschema import Draft202012Validator
from shell import make_project

from taixu.edit import parameter_schema
from taixu_editor.menus import MENUS

_AGAIN = """
import sys
from pathlib import Path
from taixu_editor.headless import run_script

host = run_script(Path(sys.argv[1]))
print(host.session.world.state_hash(), len(host.session.history.steps[0]))
"""


@flow("samples/gallery")
def menus_and_keys_lead_to_operations_whose_parameters_have_a_schema(hand: Hand) -> None:
    operations = hand.host.operations
    for operation in operations:
        Draft202012Validator.check_schema(parameter_schema(operation.parameters))
    lists = {"recent", "additions", "panels", "layouts", "tutorials", "exports", "-"}
    named = {entry for entries in MENUS.values() for entry in entries} - lists
    assert {entry for entry in named if entry not in operations} == set()
    bound = {operation for each in hand.window.shell.keymap.bound.values() for operation in each}
    assert {each for each in bound if each not in operations} == set()


@flow("")
def what_was_done_by_hand_is_done_again_without_a_window(hand: Hand) -> None:
    project = make_project(hand, "Again")
    for kind in ("box", "sphere"):
        hand.click("//##MainMenuBar/##MenuBar/###Add")
        hand.wait(2)
        hand.click(f"//$FOCUSED/###{kind}")
        hand.wait(3)
    x, y = field_at(hand, "transform.position/x")
    hand.drag((x, y), (x + 100, y))
    hand.keys("Ctrl+D")
    hand.keys("Ctrl+A")
    hand.keys("Ctrl+Z")
    hand.keys("Delete")
    hand.keys("Ctrl+Z")
    hand.menu("###File/###exports/###session.log")
    hand.wait(3)
    script = project / "done.jsonl"
    hand.keys("Enter")
    wait_until(hand, script.is_file)
    lines = script.read_text().splitlines()
    assert len([line for line in lines if '"drag"' in line]) == 1, "a drag is one line"
    done = subprocess.run([sys.executable, "-c", _AGAIN, str(script)], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    again, steps = done.stdout.split()
    assert again == hand.session.world.state_hash()
    assert int(steps) == len(hand.session.history.steps[0])
