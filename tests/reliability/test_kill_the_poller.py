"""The poller is killed wherever it hurts: no notice is lost, and hardly one is sent twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path

import pytest

from core.books import run_checks
from core.clock import now
from core.models import Attachment, Notice, User
from core.outbox import Recipient, queue_notices
from core.trail import record_act
from tests.reliability.processes import run, start

pytestmark = pytest.mark.django_db(transaction=True)
KILLED = -signal.SIGKILL


def queue(count: int) -> set[str]:
    addresses = {f"buyer{number}@example.com" for number in range(count)}
    event = record_act("order.approved", actor=None, subject="SO202611-0001")
    queue_notices(event, [Recipient("email", address) for address in sorted(addresses)])
    return addresses


def letters(app_var: Path) -> Counter[str]:
    """How many letters each address got, from the files of the mail backend."""
    found: Counter[str] = Counter()
    for path in (app_var / "mail").glob("*.log") if (app_var / "mail").exists() else []:
        for part in path.read_bytes().split(b"-" * 79):
            address = message_from_bytes(part.strip())["To"] if part.strip() else None
            found.update([address] if address else [])
    return found


def let_leases_end() -> None:
    Notice.objects.filter(state="pending").update(leased_until=now())


@pytest.mark.rule("IN-08")
@pytest.mark.parametrize(
    ("failpoint", "sent_before", "sent_twice"),
    [("after_claim:1", 0, 0), ("after_send_before_mark:1", 1, 1), ("after_send_before_mark:4", 4, 1)],
)
def test_a_kill_at_the_worst_moment_loses_nothing(
    tmp_path: Path, failpoint: str, sent_before: int, sent_twice: int
) -> None:
    addresses = queue(6)

    assert run(tmp_path, "run_outbox", "--once", failpoint=failpoint).returncode == KILLED
    assert letters(tmp_path).total() == sent_before
    assert run(tmp_path, "run_outbox", "--once").returncode == 0
    assert Notice.objects.filter(state="pending").count() == 6 - max(sent_before - 1, 0)  # under lease

    let_leases_end()
    assert run(tmp_path, "run_outbox", "--once").returncode == 0

    assert set(letters(tmp_path)) == addresses
    assert letters(tmp_path).total() == 6 + sent_twice
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}
    assert run_checks(["N1", "N2"]) == []


@pytest.mark.rule("IN-08")
def test_random_kills_lose_nothing(tmp_path: Path) -> None:
    seed = int(os.environ.get("KILL_SEED", "20261121"))
    dice, addresses = random.Random(seed), queue(60)
    for _kill in range(4):
        poller = start(tmp_path, "run_outbox")
        deadline = time.monotonic() + 20
        sent = Notice.objects.filter(state="sent").count()
        while Notice.objects.filter(state="sent").count() == sent and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(dice.uniform(0.0, 0.05))
        os.killpg(poller.pid, signal.SIGKILL)
        poller.wait()
        let_leases_end()
    assert run(tmp_path, "run_outbox", "--once").returncode == 0
    assert set(letters(tmp_path)) == addresses, f"seed {seed}"
    assert letters(tmp_path).total() <= 60 + 4, f"seed {seed}"
    assert not Notice.objects.exclude(state="sent").exists()


STORE = """
from core.attachments import store_attachment
from core.models import User
from tests.files import upload
store_attachment(upload(), kind="slip", actor=User.objects.get(username="chenli"))
"""


@pytest.mark.rule("AU-03")
@pytest.mark.parametrize(("failpoint", "whole_files"), [("mid_file_write", 0), ("after_file_before_row", 1)])
def test_a_kill_while_a_file_is_stored_leaves_no_row_without_its_file(
    tmp_path: Path, failpoint: str, whole_files: int, settings: object
) -> None:
    settings.FILES_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    User.objects.create(username="chenli", display_name="陈丽")

    assert run(tmp_path, "shell", "-c", STORE, failpoint=failpoint).returncode == KILLED
    assert not Attachment.objects.exists()
    whole = [path for path in (tmp_path / "files").rglob("*") if path.is_file() and len(path.name) == 64]
    assert len(whole) == whole_files

    assert run(tmp_path, "shell", "-c", STORE).returncode == 0
    assert Attachment.objects.count() == 1
    assert run_checks(["F1"]) == []
