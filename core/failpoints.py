"""Places where a test lets the process die as by a power cut: `FAILPOINT=name` or `name:nth` in the
environment.

Without the variable a fail point does nothing.
"""

from __future__ import annotations

import os
import signal
from collections import Counter

_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """End this process with SIGKILL when it passes here for the chosen time."""
    chosen = os.environ.get("FAILPOINT", "")
    if not chosen:
        return
    wanted, _colon, nth = chosen.partition(":")
    if wanted != name:
        return
    _passed[name] += 1
    if _passed[name] >= int(nth or 1):
        os.kill(os.getpid(), signal.SIGKILL)
