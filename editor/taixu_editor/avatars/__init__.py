"""The avatar studio without a window: what somebody is like so far, a look at it, and how it gets into the world.

A `Draft` holds every choice of a person or a cartoon, with locks and a history of its own; an `AvatarDesk` has a worker that draws
people by chance and makes looks, because both take longer than a frame. Files are made by the host's `Studio`, as all that is
generated, and the operations ``avatar.*`` put them into the world: the panel, scripts and agents do the same things.
"""

from __future__ import annotations

from taixu_editor.avatars.desk import AvatarDesk
from taixu_editor.avatars.draft import Draft
from taixu_editor.avatars.origin import made_avatar

__all__ = ["AvatarDesk", "Draft", "made_avatar"]
