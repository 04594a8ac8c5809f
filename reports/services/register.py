"""The monthly reconciliation of the contract register: take stock, explain, sign from both sides (CT-04)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.clock import month_of, today
from core.errors import Conflict, InvalidInput, PermissionDenied, RuleRefused, SameActor
from core.models import User
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from reports.models import (
    RegisterDifference,
    RegisterExplanation,
    RegisterMonth,
    RegisterRow,
    RegisterSignature,
)
from reports.queries.register import AMOUNTS, RegisterEntry, day_of, register_on

SIGNS = {"sales": "orders.sign_register_sales", "finance": "orders.sign_register_finance"}
MOST_CHARACTERS = 300
FIELDS = ("number", "customer_number", "customer_name", "currency", "amount", "signed_on", "terms", *AMOUNTS)


@unit_of_work
def open_register_month(month: date, *, actor: User) -> RegisterMonth:
    """Take stock of a month that is over: every contract as each side saw it on the last day, and where they
    differ. Taken again until somebody signs, as a new version. Whoever signs for a side may take it.

    Raises InvalidInput for a month not yet over, Conflict once somebody has signed. 15 statements, however
    many contracts.
    """
    _require_a_side(actor)
    month = month_of(month)
    if month >= month_of(today()):
        text = _("The month %(month)s is not over yet. Take stock from the first of the next month on.")
        raise InvalidInput(text % {"month": f"{month:%Y-%m}"}, rule="CT-04", code="month_not_over")
    last = RegisterMonth.objects.select_for_update().filter(month=month).order_by("-revision").first()
    if last is not None and last.signatures.exists():
        raise Conflict(
            _("%(month)s has been signed. Corrections appear in the following month.")
            % {"month": f"{month:%Y-%m}"},
            rule="CT-04",
        )
    taken = RegisterMonth.objects.create(
        month=month, revision=last.revision + 1 if last else 1, opened_by=actor
    )
    entries = register_on(day_of(month))
    _write(taken, entries)
    differing = sum(1 for entry in entries if entry.differences())
    record_act(
        "register.take",
        actor=actor,
        subject=_subject(month),
        data={"revision": taken.revision, "contracts": len(entries), "differing": differing},
    )
    return taken


@unit_of_work
def explain_differences(
    month: date, *, revision: int, texts: Mapping[int, str], actor: User
) -> list[RegisterExplanation]:
    """Say why differences stand, by their keys; empty texts and unchanged ones are passed over.

    A later explanation replaces the one before. After a signature none is taken, for the signatory has read
    what stood there. Raises Conflict for that and for another version, InvalidInput for a text too long.
    """
    _require_a_side(actor)
    taken = _current(month, revision)
    if taken.signatures.exists():
        raise Conflict(_("The month has been signed; its explanations no longer change."), rule="CT-04")
    visible = RegisterRow.objects.visible_to(actor).filter(register=taken)
    differences = RegisterDifference.objects.filter(row__in=visible, pk__in=texts).prefetch_related(
        "explanations"
    )
    found = []
    for difference in differences:
        text = " ".join(texts[difference.pk].split())
        said = [one.text for one in difference.explanations.all()]
        if len(text) > MOST_CHARACTERS:
            raise InvalidInput(
                _("An explanation has at most %(most)s characters.") % {"most": MOST_CHARACTERS}, rule="CT-04"
            )
        if text and text not in said[-1:]:
            found.append(RegisterExplanation(difference=difference, text=text, by=actor))
    return RegisterExplanation.objects.bulk_create(found)


@unit_of_work
def sign_register(month: date, *, revision: int, side: str, actor: User) -> RegisterSignature:
    """Sign the version seen for one side: every difference explained, every contract within the person's
    sight, and another person than the one who signed for the other side (IC-01).

    Raises PermissionDenied, SameActor, Conflict for a signed side or another version, RuleRefused.
    """
    require_permission(actor, SIGNS[side], rule="CT-04")
    taken = _current(month, revision)
    _require_whole_sight(taken, actor)
    _require_explained(taken)
    signed = {one.side: one for one in taken.signatures.all()}
    if side in signed:
        raise Conflict(_("This side has signed already."), rule="CT-04")
    if any(one.by_id == actor.pk for one in signed.values()):
        raise SameActor(_("Sales and finance sign as two people. Another person must sign for this side."))
    signature = RegisterSignature.objects.create(register=taken, side=side, by=actor)
    record_act(
        "register.sign",
        actor=actor,
        subject=_subject(taken.month),
        data={"revision": taken.revision, "side": side},
    )
    return signature


def may_sign_a_side(user: User) -> bool:
    return any(user.may(permission) for permission in SIGNS.values())


def _require_a_side(actor: User) -> None:
    if not may_sign_a_side(actor):
        raise PermissionDenied(
            _("Only those who sign the register for sales or finance may do this."), rule="CT-04"
        )


def _current(month: date, revision: int) -> RegisterMonth:
    """The month's latest version, locked; another one than was seen is refused."""
    last = (
        RegisterMonth.objects.select_for_update().filter(month=month_of(month)).order_by("-revision").first()
    )
    if last is None or last.revision != revision:
        raise Conflict(
            _("Stock of this month has been taken anew meanwhile. Look at it again."), rule="CT-04"
        )
    return last


def _require_whole_sight(taken: RegisterMonth, actor: User) -> None:
    if RegisterRow.objects.visible_to(actor).filter(register=taken).count() != taken.rows.count():
        raise RuleRefused(
            _(
                "The register lists contracts of desks that you do not see. Somebody who sees them all must sign."
            ),
            rule="RG-02",
            code="not_all_visible",
        )


def _require_explained(taken: RegisterMonth) -> None:
    open_ones = (
        RegisterDifference.objects.filter(row__register=taken)
        .annotate(said=Count("explanations"))
        .filter(said=0)
        .count()
    )
    if open_ones:
        raise RuleRefused(
            ngettext(
                "%(count)s difference has no explanation yet. Explain it, then sign.",
                "%(count)s differences have no explanation yet. Explain them, then sign.",
                open_ones,
            )
            % {"count": open_ones},
            rule="CT-04",
            code="unexplained",
        )


def _write(taken: RegisterMonth, entries: list[RegisterEntry]) -> None:
    rows = RegisterRow.objects.bulk_create(
        RegisterRow(
            register=taken,
            contract_id=entry.contract_id,
            **{name: getattr(entry, name) for name in FIELDS},
        )
        for entry in entries
    )
    RegisterDifference.objects.bulk_create(
        RegisterDifference(row=row, kind=kind, sales=sales, finance=finance)
        for row, entry in zip(rows, entries, strict=True)
        for kind, sales, finance in entry.differences()
    )


def _subject(month: date) -> str:
    return f"register-{month:%Y-%m}"
