"""Celery tasks: each only calls what the poller or a command would call. Nothing depends on the broker."""

from __future__ import annotations

import structlog
from celery import shared_task

from core import books, delivery, jobs, seal

MOST_ROUNDS = 50

log = structlog.get_logger("core.tasks")


@shared_task(name="core.tasks.drain_outbox")
def drain_outbox() -> None:
    for _round in range(MOST_ROUNDS):
        if not delivery.deliver_due():
            return


@shared_task(name="core.tasks.run_jobs")
def run_jobs() -> None:
    while jobs.run_next_job():
        pass


@shared_task(name="core.tasks.verify_books")
def verify_books() -> None:
    for finding in books.run_checks():
        log.error("books_disagree", code=finding.code, detail=finding.detail)
    delivery.beat("verify_books")


@shared_task(name="core.tasks.seal_audit")
def seal_audit() -> None:
    seal.seal_trail()
    seal.write_anchor()
