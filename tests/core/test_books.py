"""Every check of core fires on a planted fault, and only then."""

from __future__ import annotations

from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from core import book_checks
from core.attachments import path_of, store_attachment
from core.books import all_checks, run_checks
from core.clock import now
from core.models import Attachment, Event, IdempotencyRecord, Notice
from core.outbox import Recipient, queue_notices
from core.trail import record_act
from tests.conftest import Cast
from tests.files import upload

pytestmark = [pytest.mark.django_db, pytest.mark.plants_faults]


def event(sequence: int, came_from: str = "", to: str = "", **fields: object) -> Event:
    return Event.objects.create(
        at=now(), business_date=now().date(), document_type="paper", document_number="P-1", root_number="P-1",
        sequence=sequence, name="x", from_status=came_from, to_status=to, channel="system", **fields,
    )  # fmt: skip


def gap_in_the_events(cast: Cast) -> None:
    event(1)
    event(3)


def break_in_the_chain(cast: Cast) -> None:
    event(1, "draft", "checking")
    event(2)
    event(3, "draft", "rejected")


def missing_notice(cast: Cast) -> None:
    event(1, data={"notices": 2})


def sent_without_a_time(cast: Cast) -> None:
    queue_notices(record_act("x", actor=None), [Recipient("email", "a@example.com")])
    Notice.objects.update(state="sent", attempts=1)


def dead_without_a_reason(cast: Cast) -> None:
    queue_notices(record_act("x", actor=None), [Recipient("email", "a@example.com")])
    Notice.objects.update(state="dead")


def answer_without_completion(cast: Cast) -> None:
    IdempotencyRecord.objects.create(
        client=cast.erp, key="k", route="/", fingerprint="f", claimed_at=now(), leased_until=now(), status=201
    )


def missing_file(cast: Cast) -> None:
    path_of(store_attachment(upload(), kind="slip", actor=cast.rep).sha256).unlink()


def changed_file(cast: Cast) -> None:
    path = path_of(store_attachment(upload(), kind="slip", actor=cast.rep).sha256)
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def file_of_another_size(cast: Cast) -> None:
    store_attachment(upload(), kind="slip", actor=cast.rep)
    Attachment.objects.update(size=1)


FAULTS = [
    ("D2", gap_in_the_events),
    ("D2", break_in_the_chain),
    ("N1", missing_notice),
    ("N2", sent_without_a_time),
    ("N2", dead_without_a_reason),
    ("N4", answer_without_completion),
    ("F1", missing_file),
    ("F1", changed_file),
    ("F1", file_of_another_size),
]


@pytest.mark.parametrize(
    ("code", "plant"), FAULTS, ids=[f"{code}-{plant.__name__}" for code, plant in FAULTS]
)
def test_a_planted_fault_is_found_by_its_check_alone(
    cast: Cast, code: str, plant: Callable[[Cast], None]
) -> None:
    assert run_checks() == []
    plant(cast)
    assert {finding.code for finding in run_checks()} == {code}


def test_every_check_of_core_has_a_planted_fault() -> None:
    own = {check.code for check in all_checks() if check.find.__module__ == book_checks.__name__}
    assert own == {code for code, _plant in FAULTS} | {"A1"}  # A1: see test_seal


def test_the_command_says_what_is_wrong_and_ends_with_one(cast: Cast) -> None:
    out = StringIO()
    call_command("verify_books", stdout=out)
    gap_in_the_events(cast)
    with pytest.raises(CommandError) as failed:
        call_command("verify_books", stdout=out)
    assert failed.value.returncode == 1
    assert "D2" in out.getvalue()
    assert "P-1: 2 events numbered 1 to 3" in out.getvalue()
