"""One clock for many lives: whoever's next moment comes first acts next, until the last day."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random
from time import monotonic, sleep

from django.db import transaction

from core.clock import BUSINESS_ZONE, clock_set_to
from core.workdays import WorkCalendar
from reports.demo.letters import post_old_notices

Life = Generator[datetime, None, None]
"""Yields the moment at which it goes on; what it does then happens at that moment."""

PORTION_SECONDS = 0.5
OPENS, CLOSES = time(8, 30), time(17, 30)


class Stage:
    """Plays all lives in the order of their moments; what would happen after `until` does not."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._queue: list[tuple[datetime, int, Life]] = []
        self._turn = count()

    def enter(self, life: Life) -> None:
        self._wait(life)

    def play(self, *, breather: float = 0.0) -> None:
        """In portions with `breather` seconds between: whoever works on the pages meanwhile waits a moment
        only. SQLite lets a waiting writer look every 100 ms, so a shorter rest would go unnoticed."""
        while self._queue:
            self._play_portion()
            if breather:
                sleep(breather)

    def _play_portion(self) -> None:
        ends = monotonic() + PORTION_SECONDS
        with transaction.atomic():
            while self._queue and monotonic() < ends:
                moment, _turn, life = heapq.heappop(self._queue)
                with clock_set_to(moment):
                    self._wait(life)
            post_old_notices(self.until)

    def _wait(self, life: Life) -> None:
        moment = next(life, None)
        if moment is not None and moment <= self.until:
            heapq.heappush(self._queue, (moment, next(self._turn), life))


class OfficeHours:
    """Moments at which somebody is at work, Shanghai time."""

    def __init__(self, calendar: WorkCalendar, chance: Random) -> None:
        self._calendar = calendar
        self._chance = chance

    def morning(self, day: date, minutes: int = 0) -> datetime:
        """Shortly after the office opens on the first working day from `day` on."""
        if not self._calendar.is_working(day):
            day = self._calendar.after(day, 1)
        return datetime.combine(day, OPENS, BUSINESS_ZONE) + timedelta(minutes=minutes)

    def soon(self, moment: datetime, least: int, most: int) -> datetime:
        """So many minutes later, carried over the night and the weekend."""
        return self._within_hours(moment + timedelta(minutes=self._chance.randint(least, most)))

    def morning_after(self, moment: datetime) -> datetime:
        """When the office opens on the next working day."""
        return self.morning(moment.astimezone(BUSINESS_ZONE).date() + timedelta(days=1))

    def next_morning(self, moment: datetime) -> datetime:
        """Some time in the first hours of the next working day."""
        return self.morning_after(moment) + timedelta(minutes=self._chance.randint(5, 90))

    def _within_hours(self, moment: datetime) -> datetime:
        local = moment.astimezone(BUSINESS_ZONE)
        if local.time() < OPENS:
            return self.morning(local.date(), self._chance.randint(0, 60))
        if local.time() > CLOSES or not self._calendar.is_working(local.date()):
            return self.morning(local.date() + timedelta(days=1), self._chance.randint(0, 90))
        return local
