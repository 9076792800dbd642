"""A benchmark that says far more than it is asked: what a pipe holds is filled many times over."""

import json
import sys

for number in range(3):
    print(f"warning {number}: " + "x" * 200_000, file=sys.stderr)
    print(json.dumps({"name": "flood", "n": number}), flush=True)
if "fail" in sys.argv:
    print("the reason", file=sys.stderr)
    sys.exit(1)
