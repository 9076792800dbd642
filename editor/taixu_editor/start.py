"""``taixu edit``: a window, or the same operations from a file without one."""

from __future__ import annotations

import argparse

from taixu.errors import MachineError, UsageError

__all__ = ["start"]


def start(args: argparse.Namespace) -> int:
    """Open the editor as the command line says; gives the exit status."""
    if args.log is not None and args.script is None:
        raise UsageError("--log goes with --script; in the window it is File > Export > What was done")
    if args.script is not None:
        from taixu_editor.headless import run_script

        host = run_script(args.script, world=args.world, trust=args.trust or None, log=args.log)
        unsaved = [entry for entry in host.session.worlds if not (entry.history.is_saved or host.play.is_played(entry))]
        host.close()
        if unsaved:
            names = ", ".join(str(entry.path) if entry.path is not None else "a new world" for entry in unsaved)
            said = f'{names} was changed and not saved; end {args.script.name} with the operation "world.save" to keep it'
            args.console.say(f"taixu: {said}")
        return 0
    if args.world is not None:  # what is wrong with it is said before a window comes
        from taixu.assets.paths import find_sample
        from taixu.edit import open_project

        open_project(find_sample(args.world))
    from taixu.platform import Window
    from taixu.script.alarm import use_alarms

    try:
        from taixu_editor.window import EditorWindow
    except ModuleNotFoundError as error:  # the wheel carries the editor, and only the extra what its windows need
        raise MachineError(f'the editor lacks {error.name}; pip install "taixu[editor]" brings it') from error

    use_alarms()
    screen = Window("Taixu", size=(1440, 900), instead="edit without a window: taixu edit WORLD --script FILE")
    window = EditorWindow(screen, trust=args.trust or None)
    try:
        if args.world is not None:
            window.open(args.world)
        window.shell.start()
    except BaseException:
        window.close()
        raise
    window.run()
    return 0
