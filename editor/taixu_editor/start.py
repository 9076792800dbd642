"""``taixu edit``: a window, or the same operations from a file without one."""

from __future__ import annotations

import argparse

__all__ = ["start"]


def start(args: argparse.Namespace) -> int:
    """Open the editor as the command line says; gives the exit status."""
    from taixu.platform import Window
    from taixu_editor.window import EditorWindow

    window = EditorWindow(Window("Taixu", size=(1440, 900)), trust=args.trust or None)
    if args.world is not None:
        window.host.open(args.world)
    window.run()
    return 0
