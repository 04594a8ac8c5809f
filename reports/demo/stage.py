"""One clock for many lives: whoever's next moment comes first acts next, until the last day."""

from __future__ import annotations

import heapq
from collections.abc import Generator
from datetime import date, datetime, time, timedelta
from itertools import count
from random import Random

from django.db import transaction

from core.clock import BUSINESS_ZONE, clock_set_to, local_date
from core.workdays import WorkCalendar

Life = Generator[datetime, None, None]
"""Yields the moment at which it goes on; what it does then happens at that moment."""

OPENS, CLOSES = time(8, 30), time(17, 30)


class Stage:
    """Plays all lives in the order of their moments; what would happen after `until` does not."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        self._queue: list[tuple[datetime, int, Life]] = []
        self._turn = count()

    def enter(self, life: Life) -> None:
        self._wait(life)

    def play(self) -> None:
        while self._queue:
            self._play_day(local_date(self._queue[0][0]))

    def _play_day(self, day: date) -> None:
        """One transaction a day: quick, and whoever works on the pages meanwhile waits a moment at most."""
        with transaction.atomic():
            while self._queue and local_date(self._queue[0][0]) == day:
                moment, _turn, life = heapq.heappop(self._queue)
                with clock_set_to(moment):
                    self._wait(life)

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

    def next_morning(self, moment: datetime) -> datetime:
        day = moment.astimezone(BUSINESS_ZONE).date() + timedelta(days=1)
        return self.morning(day, self._chance.randint(5, 90))

    def _within_hours(self, moment: datetime) -> datetime:
        local = moment.astimezone(BUSINESS_ZONE)
        if local.time() < OPENS:
            return self.morning(local.date(), self._chance.randint(0, 60))
        if local.time() > CLOSES or not self._calendar.is_working(local.date()):
            return self.morning(local.date() + timedelta(days=1), self._chance.randint(0, 90))
        return local
