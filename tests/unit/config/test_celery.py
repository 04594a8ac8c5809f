from datetime import UTC, datetime

import pytest
from celery.schedules import crontab
from django.conf import settings

from config.celery import app


@pytest.mark.parametrize("name", sorted(settings.CELERY_BEAT_SCHEDULE))
def test_what_the_clock_starts_is_a_task_that_exists(name: str) -> None:
    app.loader.import_default_modules()

    assert settings.CELERY_BEAT_SCHEDULE[name]["task"] in app.tasks


@pytest.mark.rule("AR-01")
def test_the_monthly_report_starts_on_the_fifth_in_the_business_zone() -> None:
    schedule = settings.CELERY_BEAT_SCHEDULE["monthly report"]["schedule"]

    assert isinstance(schedule, crontab)
    assert (schedule.day_of_month, schedule.hour, schedule.minute) == ({5}, {6}, {0})
    assert app.timezone.utcoffset(datetime(2026, 11, 5, tzinfo=UTC)).total_seconds() == 8 * 3600


def test_a_task_survives_the_death_of_its_worker() -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_every_task_ends_before_its_worker_is_given_up() -> None:
    assert app.conf.task_soft_time_limit < app.conf.task_time_limit == settings.TASK_TIME_LIMIT
