"""Prepares the data and runs web, worker, beat and outbox poller together until Ctrl-C."""

import fcntl
import http.client
import os
import socket
import sys
import threading
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.executor import MigrationExecutor

from core.demo import is_unfinished, remove_unfinished
from core.supervisor import Program, Supervisor

DEMO_COMMAND = "demo_company"
POLLER_COMMAND = "run_outbox"
DEMO_PEOPLE_FILE = "demo_people.txt"
DEMO_DONE_FILE = "demo_company.done"
PAGE_SECONDS = 60
ANY_ADDRESS = "0.0.0.0"  # noqa: S104  # nosec B104


class Command(BaseCommand):
    help = "Migrate, make the demo company, then run web, worker, beat and outbox poller until Ctrl-C."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=os.environ.get("HOST", "127.0.0.1"))
        parser.add_argument("--port", type=int, default=int(os.environ.get("PORT") or 8000))
        parser.add_argument("--prepare-only", action="store_true", help="prepare the data and stop")

    def handle(self, *args: Any, host: str, port: int, prepare_only: bool, **options: Any) -> None:
        lock = _lock_data_folder(settings.APP_VAR)
        _refuse_taken_port(host, port)
        self._prepare_data()
        if not prepare_only:
            self._run(host, port)
        lock.close()

    def _prepare_data(self) -> None:
        for folder in ("files", "mail", "queue", "queue-control", "static"):
            (settings.APP_VAR / folder).mkdir(mode=0o700, exist_ok=True)
        if settings.DEMO and is_unfinished():
            self._say("The demo company was interrupted while it was made; it is taken away and made anew")
            remove_unfinished()
        if _is_migration_due():
            self._say("Preparing the database")
            call_command("migrate", interactive=False, verbosity=0)
            call_command("createcachetable", verbosity=0)
        connections.close_all()

    def _run(self, host: str, port: int) -> None:
        supervisor = Supervisor(say=self._say)
        supervisor.add(_web_program(host, port))
        threading.Thread(target=self._follow_up, args=(supervisor, host, port), daemon=True).start()
        supervisor.run()
        self._say("Stopped")

    def _follow_up(self, supervisor: Supervisor, host: str, port: int) -> None:
        """The page first, because somebody waits for it; then the demo company, which takes a minute or two
        and must not meet the background programs; those last."""
        if not _became_live(host, port):
            self._say(f"The page did not come up within {PAGE_SECONDS} s; the messages above say why")
        else:
            address = "localhost" if host in {"127.0.0.1", ANY_ADDRESS} else host
            self._say(f"Shundan is ready: http://{address}:{port}/\nCtrl-C stops it.")
        if settings.DEMO:
            self._offer_demo_company(supervisor)
        supervisor.add(*_background_programs())

    def _offer_demo_company(self, supervisor: Supervisor) -> None:
        people, done = settings.APP_VAR / DEMO_PEOPLE_FILE, settings.APP_VAR / DEMO_DONE_FILE
        if done.exists():
            self._say("\n" + people.read_text(encoding="utf-8").rstrip())
            return
        if DEMO_COMMAND not in get_commands():
            self._say("No demo company: this version has no command that makes one")
            return
        self._say("Making the demo company, once; its orders appear in the next minutes")
        people.unlink(missing_ok=True)
        manage = str(settings.BASE_DIR / "manage.py")
        making = supervisor.run_once(
            Program("demo company", (sys.executable, manage, DEMO_COMMAND, "--considerate"))
        )
        while making.poll() is None and not people.exists():
            time.sleep(0.2)
        if people.exists():
            self._say("\n" + people.read_text(encoding="utf-8").rstrip() + "\n")
        if making.wait() == 0:
            done.touch()
        elif not supervisor.is_stopping:
            self._say("The demo company could not be finished; the messages above say why")

    def _say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def _lock_data_folder(folder: Path) -> Any:
    """Two copies on one data folder would run every task and send every notice from two pollers."""
    lock = (folder / "quickstart.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        raise CommandError(
            f"Shundan already runs on {folder}. Stop it first, or set APP_VAR to another folder."
        ) from error
    return lock


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CommandError(
                f"Port {port} cannot be used: {error.strerror}. Choose another, for example PORT={port + 1}."
            ) from error


def _is_migration_due() -> bool:
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _web_program(host: str, port: int) -> Program:
    command = (
        *(sys.executable, "-m", "gunicorn", "config.wsgi:application", "--bind", f"{host}:{port}"),
        *("--worker-class", "gthread", "--workers", "2", "--threads", "4", "--preload"),
        *("--timeout", "60", "--graceful-timeout", "5", "--log-level", "warning", "--no-control-socket"),
    )
    return Program("web", command)


def _background_programs() -> list[Program]:
    quiet = ("-W", "ignore:You're running the worker with superuser")
    celery = (sys.executable, *quiet, "-m", "celery", "--quiet", "-A", "config")
    programs = [
        Program(
            "worker", (*celery, "worker", "--loglevel", "WARNING", "--without-gossip", "--without-mingle")
        ),
        Program("beat", (*celery, "beat", "--loglevel", "WARNING", "--pidfile=")),
    ]
    if POLLER_COMMAND in get_commands():
        manage = str(settings.BASE_DIR / "manage.py")
        programs.append(Program("outbox poller", (sys.executable, manage, POLLER_COMMAND)))
    return programs


def _became_live(host: str, port: int) -> bool:
    deadline = time.monotonic() + PAGE_SECONDS
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1" if host == ANY_ADDRESS else host, port, timeout=5)
        try:
            connection.request("GET", "/health/live", headers={"Host": "localhost"})
            if connection.getresponse().status == 200:
                return True
        except OSError:
            time.sleep(0.2)
        finally:
            connection.close()
    return False
