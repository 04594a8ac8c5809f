"""Long work with progress: queued as a row, run by the poller or a worker under a lease, shown on a page.

    @job("monthly_report", _("Monthly report"))            # in <app>/jobs.py
    def write_monthly_report(run: RunningJob) -> Attachment | dict | None:
        run.progress(3, 10)                                # also prolongs the lease
        return store_attachment(…, actor=run.actor)        # the page offers the file

    job = queue_job("monthly_report", {"month": "2026-11"}, actor=user)     # redirect("job", job.uid)

A job that dies with its process is taken up again after its lease, at most three times: write it so that
doing it twice is harmless. A business error ends it with that message.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import structlog
from django.apps import apps
from django.conf import settings
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import BusinessError
from core.failpoints import failpoint
from core.models import Attachment, Job, User
from core.transactions import preparation

LEASE = timedelta(minutes=2)
MOST_ATTEMPTS = 3

log = structlog.get_logger("core.jobs")


@dataclass(frozen=True, slots=True)
class JobKind:
    name: str
    title: Any
    work: Callable[[RunningJob], Attachment | Mapping[str, Any] | None]


_kinds: dict[str, JobKind] = {}


class RunningJob:
    """What the work sees of its job."""

    def __init__(self, row: Job, leased_until: datetime) -> None:
        self.row, self._leased_until = row, leased_until
        self.arguments: dict[str, Any] = row.arguments

    @property
    def actor(self) -> User:
        if self.row.queued_by is None:
            raise BusinessError(_("This job has nobody who asked for it."))
        return self.row.queued_by

    def progress(self, done: int, total: int) -> None:
        """Show how far it is; raises LeaseLost when another process has taken the job over."""
        until = now() + LEASE
        self._update(done=done, total=total, leased_until=until)
        self._leased_until = until
        failpoint("mid_job")

    def finish(self, **values: Any) -> None:
        self._update(finished_at=now(), leased_until=None, **values)

    def _update(self, **values: Any) -> None:
        held = Job.objects.filter(pk=self.row.pk, state=Job.State.RUNNING, leased_until=self._leased_until)
        if not held.update(**values):
            raise LeaseLost


class LeaseLost(Exception):
    """Another process has taken this job over; this one stops without a trace."""


def job(name: str, title: Any) -> Callable[[Any], Any]:
    """Register the work of one kind of job. Names are unique."""

    def register(work: Any) -> Any:
        _kinds[name] = JobKind(name, title, work)
        return work

    return register


def kind_of(name: str) -> JobKind | None:
    if name not in _kinds:
        for app in settings.LOCAL_APPS:
            if app != "core" and apps.is_installed(app) and find_spec(f"{app}.jobs"):
                import_module(f"{app}.jobs")
    return _kinds.get(name)


def title_of(row: Job) -> str:
    kind = kind_of(row.kind)
    return str(kind.title) if kind else row.kind


def queue_job(name: str, arguments: Mapping[str, Any], *, actor: User | None) -> Job:
    """Queue work; inside a transaction it starts only if that commits."""
    if kind_of(name) is None:
        raise LookupError(f"no job {name!r} is registered")
    return Job.objects.create(kind=name, arguments=dict(arguments), queued_by=actor)


def run_next_job() -> bool:
    """Run the oldest waiting job to its end. False when nothing waits."""
    running = _claim()
    if running is None:
        return False
    kind = kind_of(running.row.kind)
    try:
        if kind is None:
            raise BusinessError(_("This version cannot do this work."))
        language = running.row.queued_by.language if running.row.queued_by else settings.LANGUAGE_CODE
        with translation.override(language):
            result = kind.work(running)
        _finish(running, result)
    except LeaseLost:
        log.warning("job_lease_lost", job=str(running.row.uid))
    except BusinessError as error:
        running.finish(state=Job.State.FAILED, error=str(error))
    except Exception:
        log.exception("job_failed", job=str(running.row.uid), kind=running.row.kind)
        running.finish(
            state=Job.State.FAILED,
            error=_(
                "The work stopped because of a fault in the program. It has been recorded; try again later."
            ),
        )
    return True


@preparation
def _claim() -> RunningJob | None:
    moment = now()
    abandoned = Q(state=Job.State.RUNNING, leased_until__lte=moment)
    _give_up(abandoned)
    row = (
        Job.objects.filter(Q(state=Job.State.QUEUED) | abandoned)
        .order_by("id")
        .select_for_update(skip_locked=True)
        .first()
    )
    if row is None:
        return None
    until = moment + LEASE
    Job.objects.filter(pk=row.pk).update(
        state=Job.State.RUNNING, leased_until=until, attempts=F("attempts") + 1, done=0
    )
    return RunningJob(Job.objects.select_related("queued_by").get(pk=row.pk), until)


def _give_up(abandoned: Q) -> None:
    error = _("The work was interrupted several times and has been given up.")
    Job.objects.filter(abandoned, attempts__gte=MOST_ATTEMPTS).update(
        state=Job.State.FAILED, leased_until=None, finished_at=now(), error=error
    )


def _finish(running: RunningJob, result: Attachment | Mapping[str, Any] | None) -> None:
    if isinstance(result, Attachment):
        running.finish(state=Job.State.DONE, result=result)
    else:
        running.finish(state=Job.State.DONE, report=dict(result or {}))
