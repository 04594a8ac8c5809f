"""What a slip must be, and what it may pay (PM-01, PM-02, RM-08)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext as _

from core.clock import today
from core.errors import Conflict, Problems, RuleRefused
from core.models import Attachment
from core.money import CENT, ZERO, round_half_up
from credit.models import Allocation, Remittance
from credit.queries import TAKES_MONEY, allocated_to
from credit.services.accounts import require_currency
from customers.models import Customer
from orders.models import Order

SLIP_IMAGES = ("image/png", "image/jpeg", "application/pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class SlipDraft:
    """What a slip says. `amount` in `currency`; `reference` is the bank's number on the paper."""

    payer: str
    bank: str
    reference: str
    paid_on: date
    amount: Decimal
    currency: str
    third_party_note: str = ""
    duplicate_reason: str = ""

    def cleaned(self) -> SlipDraft:
        return SlipDraft(
            payer=self.payer.strip(),
            bank=self.bank.strip(),
            reference="".join(self.reference.split()),
            paid_on=self.paid_on,
            amount=self.amount,
            currency=self.currency.strip().upper(),
            third_party_note=self.third_party_note.strip(),
            duplicate_reason=self.duplicate_reason.strip(),
        )


def refuse_faults(draft: SlipDraft, customer: Customer, image: Attachment) -> None:
    problems = Problems()
    if not draft.payer or len(draft.payer) > 120:
        problems.add(
            "#/payer", "required", _("Enter the payer as the slip names him, at most 120 characters.")
        )
    if not draft.bank or len(draft.bank) > 60:
        problems.add("#/bank", "required", _("Enter the paying bank, at most 60 characters."))
    if len(draft.reference) > 64:
        problems.add("#/reference", "too_long", _("The reference no. has at most 64 characters."))
    if (
        draft.amount < CENT
        or draft.amount != round_half_up(draft.amount)
        or draft.amount >= Decimal(10) ** 13
    ):
        problems.add("#/amount", "invalid", _("Enter an amount of at least 0.01 with at most 2 decimals."))
    if draft.paid_on > today():
        problems.add("#/paid_on", "in_the_future", _("The payment cannot lie in the future."))
    if image.content_type not in SLIP_IMAGES:
        problems.add("#/file", "file_type", _("A slip is a picture (png, jpg) or a PDF. Choose such a file."))
    if draft.payer and draft.payer != customer.name and not draft.third_party_note:
        problems.add(
            "#/third_party_note",
            "required",
            _("The payer is not the customer. Note who paid and why; finance confirms it (PM-02)."),
        )
    problems.raise_if_any(rule="PM-01")


def refuse_duplicates(draft: SlipDraft, image: Attachment) -> None:
    """PM-02: one paper counts once, whoever brings it and for whichever customer."""
    known = Remittance.objects.valid().select_related("customer")
    earlier = known.filter(image_hash=image.sha256).first()
    if earlier is not None:
        raise Conflict(
            _("This very file is already recorded as slip %(slip)s. One payment counts once.")
            % {"slip": earlier.number},
            rule="PM-02",
            code="duplicate_image",
        )
    if draft.reference:
        earlier = known.filter(bank=draft.bank, reference=draft.reference).first()
        if earlier is not None:
            raise Conflict(
                _(
                    "Bank %(bank)s, reference no. %(reference)s is already recorded as "
                    "slip %(slip)s. Check the number."
                )
                % {"bank": draft.bank, "reference": draft.reference, "slip": earlier.number},
                rule="PM-02",
                code="duplicate_reference",
            )
        return
    alike = known.filter(payer=draft.payer, paid_on=draft.paid_on, amount=draft.amount).first()
    if alike is not None and not draft.duplicate_reason:
        problems = Problems()
        problems.add(
            "#/duplicate_reason",
            "confirm_duplicate",
            _(
                "Slip %(slip)s has the same payer, date and amount. Give the reason "
                "why this is another payment."
            )
            % {"slip": alike.number},
        )
        raise RuleRefused(
            problems.found[0].detail, rule="PM-02", code="possible_duplicate", problems=problems.found
        )


def refuse_wrong_parts(slip: Remittance, orders: Sequence[Order], wanted: Mapping[int, Decimal]) -> None:
    """RM-08: same customer and currency, at least a cent each, no more than slip and orders bear."""
    given = allocated_to(wanted)
    for order in orders:
        part, open_amount = wanted[order.pk], order.total - given[order.pk]
        words = {
            "order": order.number,
            "slip": slip.number,
            "amount": f"{part:,.2f}",
            "open": f"{open_amount:,.2f}",
        }
        if order.customer_id != slip.customer_id:
            raise _refused_part(
                _("%(order)s belongs to another customer; a slip pays only orders of its own.") % words
            )
        require_currency(slip.currency, expected=order.currency, what=order.number)
        if order.status not in TAKES_MONEY:
            raise _refused_part(_("%(order)s is closed and takes no payment. Choose another order.") % words)
        if part < CENT or part != round_half_up(part):
            raise _refused_part(_("Allocate at least 0.01 with at most 2 decimals to %(order)s.") % words)
        if part > open_amount:
            raise _refused_part(
                _(
                    "%(amount)s is more than %(order)s still needs: %(open)s. Leave the "
                    "rest to the customer's balance."
                )
                % words
            )
    total, left = sum(wanted.values(), ZERO), slip.amount - slip.allocated
    if total > left:
        raise _refused_part(
            _("The parts add up to %(total)s, but %(slip)s has only %(left)s to give.")
            % {"total": f"{total:,.2f}", "slip": slip.number, "left": f"{left:,.2f}"}
        )
    if Allocation.objects.valid().filter(remittance=slip, order__in=list(wanted)).exists():
        raise _refused_part(
            _("%(slip)s already pays one of these orders. Correct that part instead.") % {"slip": slip.number}
        )


def _refused_part(detail: str) -> RuleRefused:
    problems = Problems()
    problems.add("#/allocations", "allocation", detail)
    return RuleRefused(detail, rule="RM-08", code="allocation", problems=problems.found)
