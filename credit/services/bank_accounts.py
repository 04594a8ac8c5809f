"""Our own accounts, the ones customers pay into (IN-07)."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.errors import InvalidInput
from core.models import User
from core.money import BASE_CURRENCY
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from credit.models import BankAccount


@unit_of_work
def open_bank_account(
    *, code: str, bank: str, account_number: str, actor: User, currency: str = BASE_CURRENCY
) -> BankAccount:
    """Enter one of our bank accounts (IN-07). Raises InvalidInput for a code that exists."""
    require_permission(actor, "credit.maintain_bank_accounts", rule="IN-07")
    if BankAccount.objects.filter(code=code).exists():
        raise InvalidInput(
            _("There is a bank account %(code)s already. Choose another code.") % {"code": code},
            code="duplicate",
        )
    account = BankAccount.objects.create(
        code=code, bank=bank, account_number=account_number, currency=currency
    )
    record_act("bank_account_opened", actor=actor, subject=code)
    return account
