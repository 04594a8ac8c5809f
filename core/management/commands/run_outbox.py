"""The poller: delivers notices, runs jobs and seals the trail, with or without Celery and Redis."""

import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, close_old_connections, connection

from core.context import acting_through
from core.delivery import beat, deliver_due, worker_name
from core.jobs import run_next_job
from core.seal import seal_trail
from core.tidying import tidy

IDLE_SECONDS = 1.0
HEARTBEAT_SECONDS = 5.0
SEAL_SECONDS = 60.0
TIDY_SECONDS = 3600.0
TROUBLE_SECONDS = 3.0
STOP_SECONDS = 5.0

log = structlog.get_logger("core.poller")


class Command(BaseCommand):
    help = "Deliver notices, run background jobs and seal the trail until stopped (SIGTERM or Ctrl-C)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="do what is due now and stop")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        with acting_through("system"):
            if once:
                while deliver_due() or run_next_job():
                    pass
                seal_trail()
                beat("outbox")
                return
            self._run_until_stopped()

    def _run_until_stopped(self) -> None:
        """The loops run in threads; this one only waits for the signal, which the threads never see."""
        signals = {signal.SIGTERM, signal.SIGINT}
        signal.pthread_sigmask(signal.SIG_BLOCK, signals)
        stop, worker = threading.Event(), worker_name()
        deliveries = _start(stop, lambda: bool(deliver_due(worker=worker)), IDLE_SECONDS, "deliveries")
        _start(stop, run_next_job, IDLE_SECONDS, "jobs")
        _start(stop, _seal, SEAL_SECONDS, "sealer")
        _start(stop, _beat, HEARTBEAT_SECONDS, "heartbeat")
        _start(stop, _tidy, TIDY_SECONDS, "tidying")
        signal.sigwait(signals)
        stop.set()
        deliveries.join(STOP_SECONDS)


def _start(stop: threading.Event, work: Any, idle_seconds: float, name: str) -> threading.Thread:
    loop = threading.Thread(target=_repeat, args=(stop, work, idle_seconds), daemon=True, name=name)
    loop.start()
    return loop


def _repeat(stop: threading.Event, work: Any, idle_seconds: float) -> None:
    """Work until told to stop; rest only when nothing was due. Trouble with the database is waited out."""
    while not stop.is_set():
        try:
            close_old_connections()
            wait = 0.0 if work() else idle_seconds
        except DatabaseError:
            log.exception("poller_waits_for_database")
            connection.close()
            wait = TROUBLE_SECONDS
        except Exception:
            log.exception("poller_stumbled")
            wait = TROUBLE_SECONDS
        stop.wait(wait)
    connection.close()


def _seal() -> bool:
    seal_trail()
    return False


def _beat() -> bool:
    beat("outbox")
    return False


def _tidy() -> bool:
    tidy()
    return False
