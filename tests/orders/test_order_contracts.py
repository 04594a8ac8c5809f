"""Orders come under contracts and never beyond them; the paper an approval needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from core.clock import today
from core.errors import BusinessError, InvalidInput, PermissionDenied, RuleRefused, TransitionNotAllowed
from core.models import Event
from core.parameters import confirm_parameter, propose_parameter
from credit.errors import ConfirmationMissing
from credit.services.reviews import approve_order, cancel_order
from orders.contracts.ceiling import ContractExceeded, room_of
from orders.contracts.services import end_contract
from orders.models import Contract, CustomerConfirmation, Order
from orders.services.contracts import contract_gate, link_order, proposed_contract
from orders.services.placing import edit_order, place_order
from orders.services.submitting import confirm_by_customer, submit_order
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, picture
from tests.orders.contracts import (
    applied,
    contract_traces,
    framework_draft,
    fresh_contract,
    in_force,
    supplemented,
)
from tests.orders.drafts import draft_of

D = Decimal
TEN = ("A1023", "10")  # 11,074.00
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def refused(act: Callable[[], object], error: type[BusinessError], rule: str) -> BusinessError:
    before = contract_traces()
    with pytest.raises(error) as refusal:
        act()
    assert refusal.value.rule == rule
    assert contract_traces() == before
    assert Event.objects.filter(outcome="refused", rule=rule).exists()
    return refusal.value


def order_of(cast: Cast, company: Company, *lines: tuple[str, str], **header: object) -> Order:
    return place_order(company.customer, draft=draft_of(*(lines or (TEN,)), **header), actor=cast.assistant)


def fresh(order: Order) -> Order:
    return Order.objects.for_display().get(pk=order.pk)


# --- choosing -------------------------------------------------------------------------------------


@pytest.mark.rule("CT-02", "CT-07")
def test_an_order_as_large_as_the_contract_comes_under_it(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    order = order_of(cast, company)

    link_order(order, contract, actor=cast.assistant, version=order.version)

    assert fresh(order).contract == contract
    assert room_of(contract).left == D("0.00")
    change = Event.objects.get(document_number=order.number, name="contract_linked").data["changes"][0]
    assert (change["before"], change["after"]) == ("", contract.number)


@pytest.mark.rule("CT-07")
def test_one_cent_more_is_refused_with_every_figure_and_the_way_out(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    link_order(order_of(cast, company, ("A1023", "9")), contract, actor=cast.assistant)
    order = order_of(cast, company, ("A1023", "1"), freight=D("0.01"))

    error = refused(lambda: link_order(order, contract, actor=cast.assistant), ContractExceeded, "CT-07")

    assert error.facts == {
        "contract": contract.number,
        "ceiling": "11074.00",
        "ordered": "9966.60",
        "total": "1107.41",
        "excess": "0.01",
    }
    for words in (contract.number, "11,074.00", "9,966.60", order.number, "1,107.41", "0.01"):
        assert words in str(error)


@pytest.mark.rule("CT-07")
def test_a_supplement_makes_room_and_a_cancelled_order_gives_it_back(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    first = order_of(cast, company)
    link_order(first, contract, actor=cast.assistant)
    second = order_of(cast, company, ("A1023", "2"))
    refused(lambda: link_order(second, contract, actor=cast.assistant), ContractExceeded, "CT-07")

    supplemented(cast, company, contract, "2214.80")
    link_order(second, contract, actor=cast.assistant)
    third = order_of(cast, company, ("A1023", "1"))
    refused(lambda: link_order(third, contract, actor=cast.assistant), ContractExceeded, "CT-07")
    cancel_order(first, reason="客户取消", actor=cast.assistant)
    link_order(third, contract, actor=cast.assistant)

    assert room_of(fresh_contract(contract)).ordered == D("3322.20")


@pytest.mark.rule("CT-07")
def test_a_framework_without_a_ceiling_takes_any_amount(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company, framework_draft(None))

    link_order(order_of(cast, company, ("A1023", "100")), contract, actor=cast.assistant)

    assert room_of(contract).left is None


@pytest.mark.rule("CT-02")
@pytest.mark.parametrize("what", ["application", "other_customer", "expired", "not_yet", "ended", "letter"])
def test_what_covers_no_order(cast: Cast, company: Company, what: str) -> None:
    order = order_of(cast, company)
    if what == "application":
        contract = applied(cast, company)
    elif what == "letter":
        confirm_by_customer(
            order,
            confirmed_by="王芳",
            confirmed_on=today(),
            attachment=picture(cast.assistant),
            actor=cast.assistant,
        )
        contract = fresh(order).contract
    else:
        contract = in_force(cast, company, framework_draft())
        dates: dict[str, object] = {
            "expired": {"valid_until": date(2026, 11, 20)},
            "not_yet": {"valid_from": date(2026, 11, 22)},
            "other_customer": {"customer": company.northern_customer},
        }.get(what, {})
        Contract.objects.filter(pk=contract.pk).update(**dates)
        if what == "ended":
            end_contract(contract, reason="结束", actor=cast.assistant)

    refused(lambda: link_order(order, contract, actor=cast.assistant), RuleRefused, "CT-02")


@pytest.mark.rule("CT-02")
def test_who_does_not_edit_orders_chooses_no_contract(cast: Cast, company: Company) -> None:
    contract, order = in_force(cast, company), order_of(cast, company)

    refused(lambda: link_order(order, contract, actor=cast.finance), PermissionDenied, "CT-02")


@pytest.mark.rule("CT-02")
def test_after_the_approval_the_contract_stays(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company, framework_draft())
    order = at_finance(cast, company)
    approve_order(order, version=order.version, actor=cast.finance)

    refused(lambda: link_order(order, contract, actor=cast.assistant), TransitionNotAllowed, "AP-07")


@pytest.mark.rule("CT-02")
def test_exactly_one_valid_framework_is_proposed(cast: Cast, company: Company) -> None:
    assert proposed_contract(company.customer.pk) is None
    in_force(cast, company)
    first = in_force(cast, company, framework_draft())
    assert proposed_contract(company.customer.pk) == first
    in_force(cast, company, framework_draft())
    assert proposed_contract(company.customer.pk) is None


# --- placing and correcting -----------------------------------------------------------------------


@pytest.mark.rule("CT-02", "CT-07")
def test_an_order_names_its_contract_as_it_comes_in(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)

    order = order_of(cast, company, contract=contract.number)

    assert fresh(order).contract == contract
    refused(lambda: order_of(cast, company, contract=contract.number), ContractExceeded, "CT-07")
    refused(lambda: order_of(cast, company, contract="CT209901-0001"), InvalidInput, "CT-02")


@pytest.mark.rule("CT-07")
def test_a_correction_beyond_the_contract_is_refused_and_one_within_is_not(
    cast: Cast, company: Company
) -> None:
    contract = in_force(cast, company)
    order = order_of(cast, company, ("A1023", "9"), contract=contract.number)
    grown = draft_of(("A1023", "11"))

    refused(lambda: edit_order(order, draft=grown, actor=cast.assistant), ContractExceeded, "CT-07")
    edit_order(order, draft=draft_of(TEN), actor=cast.assistant)
    assert fresh(order).contract == contract
    edit_order(order, draft=replace(grown, contract=""), actor=cast.assistant)

    assert (fresh(order).contract, fresh(order).total) == (None, D("12181.40"))


@pytest.mark.rule("CT-07", "CT-02")
def test_submission_asks_the_contract_again(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company)
    order = order_of(cast, company, contract=contract.number)
    end_contract(contract, reason="结束", actor=cast.assistant)

    refused(lambda: submit_order(order, actor=cast.assistant), RuleRefused, "CT-02")


# --- the gate of the final approval ---------------------------------------------------------------


def set_required(cast: Cast, value: str) -> None:
    proposed = propose_parameter(
        "contract.required", value, effective_from=today(), reason="规定", actor=cast.admin
    )
    confirm_parameter(proposed, actor=cast.finance)


def without_confirmation(order: Order) -> Order:
    CustomerConfirmation.objects.filter(order=order).delete()
    Order.objects.filter(pk=order.pk).update(contract=None)
    return fresh(order)


@pytest.mark.rule("CT-02", "AP-04")
def test_a_signed_contract_takes_the_place_of_the_confirmation(cast: Cast, company: Company) -> None:
    order = without_confirmation(at_finance(cast, company))
    error = refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ConfirmationMissing, "CT-02"
    )
    assert "11,074.00" in str(error)
    link_order(order, in_force(cast, company, framework_draft()), actor=cast.assistant)

    order = fresh(order)
    approve_order(order, version=order.version, actor=cast.finance)

    assert fresh(order).status == "fulfilling"


@pytest.mark.rule("CT-02")
def test_where_a_contract_is_asked_for_a_confirmation_is_not_enough(cast: Cast, company: Company) -> None:
    order = at_finance(cast, company)
    contract = in_force(cast, company, framework_draft())
    set_required(cast, "contract")
    refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ConfirmationMissing, "CT-02"
    )
    link_order(order, contract, actor=cast.assistant)

    order = fresh(order)
    approve_order(order, version=order.version, actor=cast.finance)

    assert fresh(order).status == "fulfilling"


@pytest.mark.rule("CT-02")
def test_a_framework_counts_while_it_is_valid(cast: Cast, company: Company) -> None:
    order = without_confirmation(at_finance(cast, company))
    contract = in_force(cast, company, framework_draft())
    link_order(order, contract, actor=cast.assistant)
    Contract.objects.filter(pk=contract.pk).update(valid_until=today() - timedelta(days=1))
    order = fresh(order)

    error = refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ConfirmationMissing, "CT-02"
    )

    assert "2026-11-20" in str(error)


@pytest.mark.rule("CT-02")
def test_where_nothing_is_asked_for_nothing_is_missing(cast: Cast, company: Company) -> None:
    order = without_confirmation(at_finance(cast, company))

    assert contract_gate(order, required="none") is None
    assert contract_gate(order) is not None


@pytest.mark.rule("IN-02", "CT-02")
def test_an_oral_order_needs_its_written_confirmation_beside_the_contract(
    cast: Cast, company: Company
) -> None:
    contract = in_force(cast, company, framework_draft())
    order = order_of(cast, company, channel="phone", contract=contract.number)

    missing = contract_gate(fresh(order))

    assert missing is not None
    assert missing.rule == "IN-02"


@pytest.mark.rule("CT-07")
@pytest.mark.plants_faults
def test_the_final_approval_looks_at_the_amount_once_more(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company, framework_draft("11074.00"))
    order = at_finance(cast, company)
    link_order(order, contract, actor=cast.assistant)
    Contract.objects.filter(pk=contract.pk).update(amount=D("11073.99"))
    order = fresh(order)

    refused(
        lambda: approve_order(order, version=order.version, actor=cast.finance), ContractExceeded, "CT-07"
    )


# --- confirmation letters on the register ---------------------------------------------------------


def confirmed(cast: Cast, order: Order) -> Order:
    confirm_by_customer(
        order,
        confirmed_by="王芳",
        confirmed_on=today(),
        attachment=picture(cast.assistant, "confirmation"),
        actor=cast.assistant,
    )
    return fresh(order)


@pytest.mark.rule("CT-02", "CT-04")
def test_a_confirmation_with_its_paper_goes_on_the_register(cast: Cast, company: Company) -> None:
    order = confirmed(cast, order_of(cast, company))

    letter = order.contract
    assert letter is not None
    assert (letter.kind, letter.status, letter.amount, letter.signed_on) == (
        "confirmation",
        "in_force",
        D("11074.00"),
        today(),
    )
    assert letter in Contract.objects.registered()
    assert letter.scan is not None


@pytest.mark.rule("CT-02")
def test_a_confirmation_without_paper_stays_off_the_register(cast: Cast, company: Company) -> None:
    order = order_of(cast, company)

    confirm_by_customer(order, confirmed_by="王芳", confirmed_on=today(), actor=cast.assistant)

    assert fresh(order).contract is None


@pytest.mark.rule("CT-02")
def test_the_next_letter_takes_the_place_of_the_last(cast: Cast, company: Company) -> None:
    order = confirmed(cast, order_of(cast, company))
    first = order.contract
    edit_order(order, draft=draft_of(("A1023", "3")), actor=cast.assistant)

    order = confirmed(cast, order)

    assert (fresh_contract(first).status, order.contract.amount) == ("ended", D("3322.20"))


@pytest.mark.rule("CT-02")
def test_a_contract_chosen_retires_the_letter_and_without_it_the_letter_is_filed_again(
    cast: Cast, company: Company
) -> None:
    order = confirmed(cast, order_of(cast, company))
    first = order.contract
    contract = in_force(cast, company, framework_draft())

    link_order(order, contract, actor=cast.assistant)
    assert (fresh_contract(first).status, fresh(order).contract) == ("ended", contract)
    link_order(fresh(order), None, actor=cast.assistant)

    assert fresh(order).contract.kind == "confirmation"


@pytest.mark.rule("CT-02")
def test_the_letter_of_a_cancelled_order_ends(cast: Cast, company: Company) -> None:
    order = confirmed(cast, order_of(cast, company))

    cancel_order(order, reason="客户取消", actor=cast.assistant)

    assert fresh_contract(order.contract).status == "ended"


@pytest.mark.rule("CT-02")
def test_a_confirmation_under_a_contract_files_no_second_paper(cast: Cast, company: Company) -> None:
    contract = in_force(cast, company, framework_draft())

    order = confirmed(cast, order_of(cast, company, contract=contract.number))

    assert order.contract == contract
    assert not Contract.objects.filter(kind="confirmation").exists()
