"""The CFO opens the accounts customers pay into; the accountant who matches does not."""

import pytest

from core.errors import InvalidInput, PermissionDenied
from credit.models import BankAccount
from credit.services.bank_accounts import open_bank_account
from tests.conftest import Cast

pytestmark = pytest.mark.django_db


@pytest.mark.rule("IN-07")
def test_the_cfo_opens_a_bank_account_once(cast: Cast) -> None:
    account = open_bank_account(code="ABC", bank="中国农业银行", account_number="6228001", actor=cast.cfo)
    assert str(account) == "中国农业银行 8001"
    with pytest.raises(InvalidInput):
        open_bank_account(code="ABC", bank="中国银行", account_number="6228002", actor=cast.cfo)
    assert BankAccount.objects.count() == 1


def test_the_accountant_opens_no_bank_account(cast: Cast) -> None:
    with pytest.raises(PermissionDenied):
        open_bank_account(code="ABC", bank="中国农业银行", account_number="6228001", actor=cast.accountant)
    assert not BankAccount.objects.exists()
