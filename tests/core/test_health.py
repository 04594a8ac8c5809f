"""Health answers machines: no sign-in, no business data, honest about what is wrong."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from core import health
from core.clock import now
from core.models import User
from core.models.outbox import Heartbeat

pytestmark = pytest.mark.django_db


def test_a_living_process_says_so_without_touching_the_database(
    client: Client, django_assert_num_queries: object
) -> None:
    with django_assert_num_queries(0):  # type: ignore[operator]
        response = client.get("/health/live")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response["Cache-Control"]


def test_a_ready_process_says_when_each_background_process_last_worked(client: Client) -> None:
    Heartbeat.objects.update_or_create(name="outbox", defaults={"at": now() - timedelta(seconds=40)})

    answer = client.get("/health/ready").json()

    assert answer["status"] == "ok"
    assert answer["checks"] == {"database": "ok", "migrations": "ok", "outbox": "ok"}
    assert 40 <= answer["heartbeat_age_seconds"]["outbox"] <= 45


def test_a_database_behind_the_code_is_not_ready(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    # given a schema whose last migration is not recorded
    monkeypatch.setattr(health, "_is_schema_known_current", False)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM django_migrations WHERE id = "
            "(SELECT MAX(id) FROM django_migrations WHERE app = 'reports')"
        )

    # when
    response = client.get("/health/ready")

    # then
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "checks": {"database": "ok", "migrations": "pending"}}


def test_health_is_only_read(client: Client) -> None:
    assert client.post("/health/live").status_code == 405


def test_nobody_is_signed_in_by_asking(client: Client) -> None:
    client.get("/health/ready")

    assert not client.cookies
    assert not User.objects.filter(last_login__isnull=False).exists()
