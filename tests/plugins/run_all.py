"""`make test`: every test once where it belongs, and one summary at the end.

Tests without a database run once; the others on SQLite and again on PostgreSQL with Redis; browser tests on
PostgreSQL only, because they take long and prove pages, not databases. With two processors or more the two
databases run side by side, each line led by its part. Words after the command go to pytest.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

ORDINARY = "not soak and not bench"
COUNTED = ("passed", "failed", "error", "skipped")
INTERRUPTED = 130


@dataclass(frozen=True)
class Part:
    name: str
    database: str
    arguments: tuple[str, ...]


@dataclass(frozen=True)
class Outcome:
    part: Part
    exit_code: int
    counts: dict[str, int]
    seconds: float

    @property
    def is_good(self) -> bool:
        return self.exit_code == 0


PARTS = (
    Part("without a database", "sqlite", ("--database-use=none", "-m", f"{ORDINARY} and not browser")),
    Part("SQLite", "sqlite", ("--database-use=some", "-m", f"{ORDINARY} and not browser")),
    Part("PostgreSQL and Redis", "postgres", ("--database-use=some", "-m", ORDINARY)),
)


def run_part(part: Part, extra: Sequence[str], *, leads_lines: bool = False) -> Outcome:
    """A part without tests counts as failed: then something was lost."""
    print(f"\n=== Tests {part.name} ===", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        counts_file = Path(folder) / "counts.json"
        environment = os.environ | {
            "SHUNDAN_TEST_DB": part.database,
            "SHUNDAN_TEST_COUNTS": str(counts_file),
            "PYTHONUNBUFFERED": "1",
        }
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-q", *part.arguments, *extra],
            env=environment,
            stdout=subprocess.PIPE if leads_lines else None,
            stderr=subprocess.STDOUT if leads_lines else None,
            text=True,
        )
        _running.append(process)
        if leads_lines:
            _show_lines(part, process)
        exit_code = _wait_for(process)
        counts = json.loads(counts_file.read_text()) if counts_file.exists() else {}
    return Outcome(part, exit_code, counts, time.monotonic() - started)


_running: list[subprocess.Popen[str]] = []


def _show_lines(part: Part, process: subprocess.Popen[str]) -> None:
    for line in process.stdout or ():
        print(f"[{part.name}] {line}", end="", flush=True)


def _wait_for(process: subprocess.Popen[str]) -> int:
    """On Ctrl-C the tests stop their servers themselves; SIGTERM reaches only us, so it is passed on."""
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.wait()
    except SystemExit:
        process.terminate()
        process.wait()
    return INTERRUPTED


def summary_of(outcomes: Sequence[Outcome]) -> str:
    width = max(len(outcome.part.name) for outcome in outcomes)
    lines = ["", "=== Summary ==="]
    for outcome in outcomes:
        counted = ", ".join(f"{outcome.counts.get(name, 0)} {name}" for name in COUNTED)
        verdict = "good" if outcome.is_good else f"FAILED (exit code {outcome.exit_code})"
        lines.append(f"{outcome.part.name:<{width}}  {counted}, {outcome.seconds:.0f} s: {verdict}")
    total = {name: sum(outcome.counts.get(name, 0) for outcome in outcomes) for name in COUNTED}
    failed = total["failed"] + total["error"]
    lines += ["", f"{total['passed']} passed, {failed} failed, {total['skipped']} skipped"]
    return "\n".join(lines)


def run_side_by_side(parts: Sequence[Part], extra: Sequence[str]) -> list[Outcome]:
    """Each part in a thread of its own that only waits; on Ctrl-C every part stops its own servers."""
    with ThreadPoolExecutor(max_workers=len(parts)) as pool:
        waiting = [pool.submit(run_part, part, extra, leads_lines=True) for part in parts]
        try:
            return [future.result() for future in waiting]
        except (KeyboardInterrupt, SystemExit):
            for process in _running:
                process.terminate()
            return [future.result() for future in waiting]


def main(extra: Sequence[str]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    first, *others = PARTS
    outcomes = [run_part(first, extra)]
    if outcomes[0].exit_code != INTERRUPTED:
        if (os.cpu_count() or 1) > 1:
            outcomes += run_side_by_side(others, extra)
        else:
            outcomes += [run_part(part, extra) for part in others]
    print(summary_of(outcomes), flush=True)
    return 0 if all(outcome.is_good for outcome in outcomes) and len(outcomes) == len(PARTS) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
