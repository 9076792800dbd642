"""People that move: poses made by functions, clips of other bodies, feet on the ground, eyes, faces, hair.
"""
