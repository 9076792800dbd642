"""People that move: poses made by functions, clips of other bodies, feet on the ground, eyes, faces, hair.

Everything works on one body, 55 bones in a T-pose (`Figure`), and on many people at once: a `Pose` is an array, and each step
(gait, acts, clips, ground, gaze) takes poses and gives poses. Only the last step knows how a model rests. What people do is
said by the components `Motion`, `Face` and `Gaze`; `People`, `Springs` and `Followers` are the resources that carry it out.
"""

from __future__ import annotations

from taixu.animation.motion.body import Bodies
from taixu.animation.motion.components import Face, Gaze, Motion
from taixu.animation.motion.constraints import Followers
from taixu.animation.motion.figure import Figure, joint_places
from taixu.animation.motion.graph import StateGraph, read_graph
from taixu.animation.motion.people import People
from taixu.animation.motion.plugin import add_motion
from taixu.animation.motion.pose import Pose
from taixu.animation.motion.retarget import HumanoidClip, humanoid_clip, humanoid_clips
from taixu.animation.motion.speech import Speech
from taixu.animation.motion.springs import Springs
from taixu.animation.motion.style import MOODS, Style

__all__ = [
    "MOODS", "Bodies", "Face", "Figure", "Followers", "Gaze", "HumanoidClip", "Motion", "People", "Pose", "Speech", "Springs",
    "StateGraph", "Style", "add_motion", "humanoid_clip", "humanoid_clips", "joint_places", "read_graph",
]  # fmt: skip
