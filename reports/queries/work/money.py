"""The money desk: slips and bank lines that still look for each other."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from credit.models import BankLine, Remittance
from credit.workflow import RemittanceStatus
from reports.queries.work.piles import Pile, Source, WaitingRow, status, url_if_any

PILES: tuple[Pile, ...] = (
    Pile(
        "slips",
        _("Slips without a bank line"),
        "credit.match",
        "remittance",
        status(RemittanceStatus.REGISTERED),
        _("Its bank line"),
        _("Match to a bank line"),
        "receipt",
    ),
    Pile(
        "unmatched-slips",
        _("Unmatched slips"),
        "credit.pass_finance",
        "remittance",
        status(RemittanceStatus.REGISTERED),
        _("Its bank line, from the sales accountant"),
        _("Open the slip"),
        "receipt",
    ),
    Pile(
        "bank-lines",
        _("Unmatched bank lines"),
        "credit.match",
        "bank_line",
        lambda user: Q(matched_at__isnull=True),
        _("The slip it belongs to"),
        _("Find its slip"),
        "building-bank",
    ),
)


def _row_of_remittance(pile: Pile, slip: Remittance) -> WaitingRow:
    return WaitingRow(
        slip.number,
        slip.get_absolute_url(),
        str(slip.customer),
        slip.amount,
        slip.currency,
        slip.created_at,
        str(pile.lacks),
        pile.act,
        slip.get_absolute_url(),
    )


def _row_of_bank_line(pile: Pile, line: BankLine) -> WaitingRow:
    url = url_if_any("bank_lines")
    return WaitingRow(
        line.reference,
        url,
        line.payer,
        line.amount,
        line.account.currency,
        line.entered_at,
        str(pile.lacks),
        pile.act,
        url_if_any("remittances") or url,
    )


SOURCES = {
    "remittance": Source(
        lambda user, permission: Remittance.objects.visible_to(user, permission=permission),
        _row_of_remittance,
        linked=("customer",),
    ),
    "bank_line": Source(
        lambda user, permission: BankLine.objects.all(),
        _row_of_bank_line,
        linked=("account",),
        oldest_first=("booked_on", "id"),
    ),
}
