"""Notices: one per recipient, in his language, tried again, and nobody waits for another's trouble."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from core import delivery
from core.clock import clock_set_to, now
from core.delivery import claim_due, deliver_due, retry_notice
from core.errors import Conflict, PermissionDenied
from core.models import Event, Heartbeat, Notice, User
from core.outbox import Recipient, queue_notices
from core.trail import record_act
from tests.conftest import NOON, Cast

pytestmark = pytest.mark.django_db


class PostOffice(EmailBackend):
    """Knows no address at nowhere.example.com."""

    def send_messages(self, messages: Any) -> int:
        if any("nowhere" in to for message in messages for to in message.to):
            raise ConnectionRefusedError("no such host")
        return super().send_messages(messages)


@pytest.fixture(autouse=True)
def post_office(settings: Any) -> None:
    settings.EMAIL_BACKEND = "tests.core.test_delivery.PostOffice"


def queue(actor: User, *recipients: Recipient) -> Event:
    event = record_act("order.approved", actor=actor, subject="SO202611-0001")
    queue_notices(event, recipients)
    return event


def to(address: str, language: str = "zh-hans") -> Recipient:
    return Recipient("email", address, language)


@pytest.mark.rule("IN-08")
def test_a_notice_is_sent_once_and_marked(cast: Cast) -> None:
    event = queue(cast.finance, to("buyer@example.com"))

    assert deliver_due() == 1
    assert deliver_due() == 0

    assert [message.to for message in mail.outbox] == [["buyer@example.com"]]
    notice = Notice.objects.get()
    assert (notice.state, notice.attempts, notice.leased_until) == ("sent", 1, None)
    assert (
        mail.outbox[0].extra_headers["Message-ID"] == f"<notice-{event.uid}-{notice.pk}@shundan.example.com>"
    )


@pytest.mark.rule("IN-08")
def test_one_bad_recipient_never_delays_the_others(cast: Cast) -> None:
    queue(cast.finance, to("a@nowhere.example.com"), to("b@example.com"), to("c@example.com"))

    deliver_due()

    assert [message.to[0] for message in mail.outbox] == ["b@example.com", "c@example.com"]
    bad = Notice.objects.get(recipient="a@nowhere.example.com")
    assert (bad.state, bad.attempts) == ("pending", 1)
    assert bad.next_attempt_at > now() + timedelta(seconds=50)
    assert "no such host" in bad.last_error


def test_after_three_days_a_notice_is_given_up_and_can_be_sent_again(cast: Cast, settings: Any) -> None:
    with clock_set_to(NOON):
        queue(cast.finance, to("a@nowhere.example.com"))
    tries, moment = 0, NOON
    while Notice.objects.get().state == "pending" and tries < 30:
        moment = max(moment, Notice.objects.get().next_attempt_at)
        with clock_set_to(moment):
            tries += deliver_due()
    notice = Notice.objects.get()
    assert (notice.state, tries) == ("dead", 11)
    assert timedelta(days=2) < moment - NOON <= timedelta(days=3)

    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with pytest.raises(PermissionDenied):
        retry_notice(notice, actor=cast.finance)
    retry_notice(notice, actor=cast.admin)
    deliver_due()
    assert Notice.objects.get().state == "sent"
    with pytest.raises(Conflict):
        retry_notice(notice, actor=cast.admin)


def test_what_another_process_holds_is_left_alone_until_its_lease_ends(cast: Cast) -> None:
    queue(cast.finance, to("buyer@example.com"))
    with clock_set_to(NOON + timedelta(days=30)):
        assert len(claim_due("a")) == 1
        assert claim_due("b") == []
    with clock_set_to(NOON + timedelta(days=30, seconds=61)):
        assert [notice.attempts for notice in claim_due("b")] == [2]


def test_a_text_is_in_its_reader_s_language(cast: Cast) -> None:
    queue(cast.finance, to("li@example.com"), to("smith@example.com", "en"))
    deliver_due()
    english = next(message for message in mail.outbox if message.to == ["smith@example.com"])
    assert english.subject == "SO202611-0001: order.approved"
    assert "Please answer your contact" in english.body


def test_texts_are_never_code(cast: Cast) -> None:
    event = record_act(
        "x", actor=cast.finance, subject="{% load i18n %}{{ settings.SECRET_KEY }}", note="{{ 7|add:7 }}"
    )
    queue_notices(event, [to("a@example.com", "en")])
    deliver_due()
    assert "{{ settings.SECRET_KEY }}" in mail.outbox[0].subject
    assert "{{ 7|add:7 }}" in mail.outbox[0].body


def test_in_app_notices_leave_the_house_by_no_channel(cast: Cast) -> None:
    queue(cast.finance, Recipient("in_app", "limin"), Recipient("sms_log", "0571-55500123"))
    deliver_due()
    assert mail.outbox == []
    assert set(Notice.objects.values_list("state", flat=True)) == {"sent"}


def test_work_done_leaves_a_sign(db: None) -> None:
    delivery.beat("outbox")
    delivery.beat("outbox")
    assert Heartbeat.objects.get().name == "outbox"
