"""Real processes: the supervisor's promise is about what the operating system still knows afterwards."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core import supervisor as module
from core.supervisor import Program, Supervisor

STUBBORN_WITH_A_CHILD = """
import os, pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1], str(os.getpid())).touch()
time.sleep(600)
"""
NOTES_ITS_START = "import pathlib, sys, os; pathlib.Path(sys.argv[1], str(os.getpid())).touch(); sys.exit(3)"


def wait_until(is_true: Callable[[], bool], seconds: float = 10) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if is_true():
            return True
        time.sleep(0.02)
    return False


def is_running(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except (FileNotFoundError, ProcessLookupError):
        return False
    return state != "Z"


def python(name: str, code: str, folder: Path) -> Program:
    return Program(name, (sys.executable, "-c", code, str(folder)))


def test_stopping_ends_children_that_refuse_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a program and its child, both deaf to SIGTERM
    monkeypatch.setattr(module, "GRACE", 0.3)
    supervisor = Supervisor()
    supervisor.add(python("stubborn", STUBBORN_WITH_A_CHILD, tmp_path))
    supervisor.tick()
    assert wait_until(lambda: len(list(tmp_path.iterdir())) == 2)
    pids = [int(path.name) for path in tmp_path.iterdir()]

    # when
    supervisor.stop()

    # then
    assert wait_until(lambda: not any(is_running(pid) for pid in pids))


def test_a_crashed_program_starts_again_after_a_growing_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given
    monkeypatch.setattr(module, "FIRST_PAUSE", 0.05)
    said: list[str] = []
    supervisor = Supervisor(say=said.append)
    running = module._Running(python("crashing", NOTES_ITS_START, tmp_path), pause=0.05)
    supervisor._running.append(running)

    # when
    def has_started_three_times() -> bool:
        supervisor.tick()
        return len(list(tmp_path.iterdir())) >= 3

    # then
    assert wait_until(has_started_three_times)
    assert running.pause >= 0.2
    assert said[0] == "crashing ended with code 3; starting it again in 0 s"
    supervisor.stop()


def test_an_interrupt_ends_everything_and_run_returns(tmp_path: Path) -> None:
    supervisor = Supervisor()
    supervisor.add(python("sleeping", "import time; time.sleep(600)", tmp_path))
    threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT)).start()

    supervisor.run()

    assert supervisor.is_stopping
    assert all(it.process is not None and it.process.poll() is not None for it in supervisor._running)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_killed_supervisor_takes_its_programs_along(tmp_path: Path) -> None:
    # given a supervisor in a process of its own
    inner = (
        "import pathlib, sys, os, time; pathlib.Path(sys.argv[1], str(os.getpid())).touch(); time.sleep(600)"
    )
    code = (
        "import sys; from core.supervisor import Program, Supervisor; s = Supervisor();"
        f"s.add(Program('inner', (sys.executable, '-c', {inner!r}, sys.argv[1]))); s.run()"
    )
    outer = subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], cwd=Path(__file__).parents[3])
    assert wait_until(lambda: len(list(tmp_path.iterdir())) == 1)
    pid = int(next(tmp_path.iterdir()).name)

    # when
    outer.kill()
    outer.wait()

    # then
    assert wait_until(lambda: not is_running(pid))
