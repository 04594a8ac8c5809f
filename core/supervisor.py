"""Keeps a handful of programs running together and ends all of them, with their children, when it is told to.

Each program leads a process group of its own, so ending the group reaches grandchildren; a program that
crashes is started again after a pause that doubles. Knows nothing of Django.
"""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import FrameType

FIRST_PAUSE = 1.0  # seconds before a crashed program is started again
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0  # a program that ran this long starts its pauses afresh
GRACE = 5.0  # seconds between asking a program to end and ending it
POLL = 0.1
PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True)
class Program:
    name: str
    command: Sequence[str]


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = FIRST_PAUSE


@dataclass
class Supervisor:
    say: Callable[[str], None] = print
    is_stopping: bool = False
    _running: list[_Running] = field(default_factory=list)
    _once: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def add(self, *programs: Program) -> None:
        """They start with the next tick, so another thread may add some later."""
        self._running += [_Running(program) for program in programs]

    def run_once(self, program: Program) -> subprocess.Popen[bytes]:
        """Starts a program that ends by itself; stopping ends it too. It does not hear of a killed one:
        the kernel tells that of the starting thread, which may be gone long before."""
        process = subprocess.Popen(  # noqa: S603  our own programs, no shell
            list(program.command), stdin=subprocess.DEVNULL, start_new_session=True
        )
        self._once.append(process)
        return process

    def run(self) -> None:
        """Returns after SIGINT, SIGTERM or SIGHUP, when no process of any program is left."""
        signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        before = {number: signal.signal(number, self._note_stop) for number in signals}
        try:
            while not self.is_stopping:
                self.tick()
                time.sleep(POLL)
        finally:
            self.stop()
            for number, handler in before.items():
                signal.signal(number, handler)

    def tick(self) -> None:
        """Starts what is due and notes what has ended."""
        for running in tuple(self._running):
            if running.process is not None and running.process.poll() is not None:
                self._note_end(running)
            if running.process is None and time.monotonic() >= running.start_at and not self.is_stopping:
                self._start(running)

    def stop(self) -> None:
        """Asks each program to end, waits the grace time, then ends every group. Never longer than 10 s.

        Only the leader is asked: a worker whose children were told as well waits for answers they never give.
        """
        self.is_stopping = True
        once = [
            process for process in self._once if process.poll() is None
        ]  # else its number may be another's
        groups = [*once, *(it.process for it in self._running if it.process is not None)]
        for process in groups:
            process.terminate()
        deadline = time.monotonic() + GRACE
        while time.monotonic() < deadline and any(_is_group_alive(process) for process in groups):
            time.sleep(POLL)
        for process in groups:
            _signal_group(process.pid, signal.SIGKILL)
            process.wait()

    def _note_stop(self, number: int, frame: FrameType | None) -> None:
        self.is_stopping = True

    def _start(self, running: _Running) -> None:
        running.process = subprocess.Popen(  # noqa: S603  our own programs, no shell
            list(running.program.command),
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
        running.started_at = time.monotonic()

    def _note_end(self, running: _Running) -> None:
        process = running.process
        if process is None:
            return
        _signal_group(process.pid, signal.SIGKILL)  # children it left behind
        if time.monotonic() - running.started_at > STEADY_AFTER:
            running.pause = FIRST_PAUSE
        self.say(
            f"{running.program.name} ended with code {process.returncode}; "
            f"starting it again in {running.pause:.0f} s"
        )
        running.start_at = time.monotonic() + running.pause
        running.pause = min(running.pause * 2, LONGEST_PAUSE)
        running.process = None


def _end_with_parent() -> None:
    """A killed supervisor takes its programs along (Linux only)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(group: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _is_group_alive(process: subprocess.Popen[bytes]) -> bool:
    process.poll()
    try:
        os.killpg(process.pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True
