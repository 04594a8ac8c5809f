"""A month of the register as its page shows it: frozen once stock was taken, with what changed since (CT-04)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext_lazy

from core.models import User
from core.money import ZERO
from reports.models import RegisterDifference, RegisterExplanation, RegisterMonth, RegisterRow
from reports.models import RegisterSignature as Signature
from reports.queries.register import (
    AMOUNTS,
    RegisterEntry,
    RegisterTotal,
    day_of,
    register_on,
    totals_of,
)

FIGURES = {
    "amount": gettext_lazy("Contract amount"),
    "ordered": gettext_lazy("Ordered"),
    "shipped": gettext_lazy("Shipped"),
    "delivered": gettext_lazy("Signed for"),
    "slips": gettext_lazy("Paid by slips"),
    "posted": gettext_lazy("Posted"),
    "received": gettext_lazy("Received"),
    "overdue": gettext_lazy("Overdue"),
}


@dataclass(frozen=True, slots=True)
class Restated:
    """A figure of a month that was taken stock of, as it would be today (AR-01)."""

    number: str
    figure: str
    then: Decimal
    now: Decimal

    @property
    def label(self) -> str:
        return str(FIGURES[self.figure])


@dataclass(frozen=True, slots=True)
class MonthOfRegister:
    """`entries` are the frozen ones once stock was taken, else those of the day."""

    month: date
    day: date
    taken: RegisterMonth | None
    entries: Sequence[RegisterEntry]
    totals: Sequence[RegisterTotal]
    differences: Sequence[RegisterDifference]
    signatures: dict[str, Signature]
    restated: Sequence[Restated]

    @property
    def unexplained(self) -> int:
        return sum(1 for one in self.differences if not one.explanations.all())

    @property
    def is_signed(self) -> bool:
        return len(self.signatures) == len(Signature.Side)


def register_month(user: User, month: date) -> MonthOfRegister:
    """The register of a month within the person's scope. 17 statements at the most."""
    day = day_of(month)
    alive = register_on(day, user)
    taken = (
        RegisterMonth.objects.filter(month=month).select_related("opened_by").order_by("-revision").first()
    )
    if taken is None:
        return MonthOfRegister(month, day, None, alive, totals_of(alive), (), {}, ())
    rows = list(RegisterRow.objects.visible_to(user).filter(register=taken).order_by("number"))
    entries = [entry_of(row) for row in rows]
    return MonthOfRegister(
        month=month,
        day=day,
        taken=taken,
        entries=entries,
        totals=totals_of(entries),
        differences=list(_differences(taken, user)),
        signatures={one.side: one for one in taken.signatures.select_related("by")},
        restated=_restated(entries, alive),
    )


def entry_of(row: RegisterRow) -> RegisterEntry:
    return RegisterEntry(**{field.name: getattr(row, field.name) for field in fields(RegisterEntry)})


def _differences(taken: RegisterMonth, user: User) -> QuerySet[RegisterDifference]:
    visible = RegisterRow.objects.visible_to(user).filter(register=taken)
    said = Prefetch("explanations", RegisterExplanation.objects.select_related("by").order_by("-id"))
    return (
        RegisterDifference.objects.filter(row__in=visible)
        .select_related("row")
        .prefetch_related(said)
        .order_by("row__number", "id")
    )


def _restated(frozen: Sequence[RegisterEntry], alive: Sequence[RegisterEntry]) -> list[Restated]:
    """What the same day looks like today where it looks different; a contract entered late counts from
    nought."""
    then, now = ({entry.number: entry for entry in entries} for entries in (frozen, alive))
    changes = []
    for number in sorted(then.keys() | now.keys()):
        for name in ("amount", *AMOUNTS):
            before, after = (
                getattr(entries[number], name) or ZERO if number in entries else ZERO
                for entries in (then, now)
            )
            if before != after:
                changes.append(Restated(number, name, before, after))
    return changes
