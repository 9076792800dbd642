"""``taixu edit``: a window, or the same operations from a file without one."""

from __future__ import annotations

import argparse

__all__ = ["start"]


def start(args: argparse.Namespace) -> int:
    """Open the editor as the command line says; gives the exit status."""
    if args.script is not None:
        from taixu_editor.headless import run_script

        run_script(args.script, world=args.world, trust=args.trust or None).close()
        return 0
    from taixu.platform import Window
    from taixu_editor.window import EditorWindow

    window = EditorWindow(Window("Taixu", size=(1440, 900)), trust=args.trust or None)
    try:
        if args.world is not None:
            window.open(args.world)
        window.shell.start()
    except BaseException:
        window.close()
        raise
    window.run()
    return 0
