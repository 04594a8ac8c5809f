"""Credit limits are proposed by sales and granted by finance, never by one person (CM-11)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, transaction

from core.books import run_checks
from core.errors import (
    Conflict,
    InvalidInput,
    PermissionDenied,
    SameActor,
    StaleVersion,
    TransitionNotAllowed,
)
from core.models import Event, RoleGrant, User
from credit.models import CreditLimitChange, CreditNote, CustomerAccount
from credit.queries import credit_standing
from credit.services.checking import check_order
from credit.services.limits import approve_limit, note_credit, propose_limit, refuse_limit
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, submitted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
D = Decimal


def proposed(cast: Cast, company: Company, limit: str = "20000.00", **given: object) -> CreditLimitChange:
    facts: dict[str, object] = {"reason": "合作三年", "actor": cast.rep, **given}
    return propose_limit(company.customer, new_limit=D(limit), **facts)  # type: ignore[arg-type]


def limit_of(company: Company) -> Decimal | None:
    account = CustomerAccount.objects.filter(customer=company.customer).first()
    return account.limit if account is not None else None


@pytest.mark.rule("CM-11")
def test_a_limit_holds_once_finance_has_granted_it(cast: Cast, company: Company) -> None:
    order = submitted(cast, company, ("A1023", "10"))  # 11,074.00 and no slip
    change = proposed(cast, company)
    assert (change.number, change.status, limit_of(company)) == ("LM202611-0001", "proposed", None)
    assert credit_standing(company.customer, default_limit=D("1000.00")).limit == D("1000.00")

    granted = approve_limit(change, actor=cast.finance, version=1, note="资信良好")
    assert (granted.status, granted.old_limit, granted.decided_by, granted.version) == (
        "approved", None, cast.finance, 2,
    )  # fmt: skip
    standing = credit_standing(company.customer, default_limit=D("1000.00"))
    assert (standing.limit, standing.is_limit_formal) == (D("20000.00"), True)
    decision = check_order(fresh(order), version=fresh(order).version, actor=cast.assistant)
    assert decision.figures["limit"] == "20000.00"

    lower = approve_limit(proposed(cast, company, "0.00"), actor=cast.cfo)
    assert (lower.old_limit, limit_of(company)) == (D("20000.00"), D("0.00"))
    trail = Event.objects.done().filter(root_number=company.customer.number, name="limit_set")
    assert [event.data["after"] for event in trail] == ["20000.00", "0.00"]


@pytest.mark.rule("CM-11", "IC-01")
def test_the_proposer_never_grants_it(cast: Cast, company: Company) -> None:
    change = proposed(cast, company)
    RoleGrant.objects.create(user=cast.rep, role="cfo")  # as if somebody had got round the conflict of roles
    both = User.objects.get(pk=cast.rep.pk)
    for act in (
        lambda: approve_limit(change, actor=both),
        lambda: refuse_limit(change, reason="x", actor=both),
    ):
        with pytest.raises(SameActor):
            act()
    for somebody in (cast.manager, cast.assistant, cast.gm, cast.accountant):
        with pytest.raises(PermissionDenied):
            approve_limit(change, actor=somebody)
    assert (CreditLimitChange.objects.get().status, limit_of(company)) == ("proposed", None)


@pytest.mark.rule("CM-11")
def test_a_refusal_needs_a_reason_and_leaves_the_old_limit(cast: Cast, company: Company) -> None:
    change = proposed(cast, company)
    with pytest.raises(InvalidInput):
        refuse_limit(change, reason=" ", actor=cast.finance)
    with pytest.raises(StaleVersion):
        approve_limit(change, actor=cast.finance, version=9)
    refuse_limit(change, reason="逾期两次", actor=cast.finance)
    with pytest.raises(TransitionNotAllowed):
        approve_limit(change, actor=cast.finance)
    assert limit_of(company) is None
    assert CreditLimitChange.objects.get().decision_note == "逾期两次"


@pytest.mark.rule("CM-11", "RG-02")
def test_a_proposal_is_checked_before_anything_is_written(cast: Cast, company: Company) -> None:
    with pytest.raises(InvalidInput) as refused:
        proposed(cast, company, "-0.01", reason=" ", assessment="x" * 4001)
    assert [p.pointer for p in refused.value.problems] == ["#/new_limit", "#/reason", "#/assessment"]
    with pytest.raises(InvalidInput):
        proposed(cast, company, "1.005")
    for somebody in (cast.north_assistant, cast.other_rep, cast.finance, cast.accountant):
        with pytest.raises(PermissionDenied):
            proposed(cast, company, actor=somebody)
    assert CreditLimitChange.objects.count() == 0
    proposed(cast, company)
    with pytest.raises(Conflict):
        proposed(cast, company, "1.00")
    assert CreditLimitChange.objects.count() == 1


@pytest.mark.rule("CM-11")
def test_the_credit_file_is_written_and_never_changed(cast: Cast, company: Company) -> None:
    note = note_credit(company.customer, kind="legal", text="2025 年货款诉讼，已调解", actor=cast.finance)
    note_credit(company.customer, kind="assessment", text="实缴资本 500 万", actor=cast.rep)
    with pytest.raises(InvalidInput):
        note_credit(company.customer, kind="odd", text=" ", actor=cast.rep)
    for somebody in (cast.north_assistant, cast.accountant, cast.gm):
        with pytest.raises(PermissionDenied):
            note_credit(company.customer, kind="legal", text="x", actor=somebody)
    assert CreditNote.objects.count() == 2
    for act in (
        lambda: CreditNote.objects.filter(pk=note.pk).update(text="x"),
        lambda: CreditNote.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            act()
    assert connection.is_usable()


@pytest.mark.rule("CM-11")
@pytest.mark.plants_faults
def test_a_limit_nobody_granted_is_found(cast: Cast, company: Company) -> None:
    approve_limit(proposed(cast, company), actor=cast.finance)
    assert run_checks(["CM11"]) == []
    CustomerAccount.objects.filter(customer=company.customer).update(limit=D("99999.00"))
    assert len(run_checks(["CM11"])) == 1
    CustomerAccount.objects.filter(customer=company.customer).update(limit=None)
    assert len(run_checks(["CM11"])) == 1


@pytest.mark.rule("CM-10", "CM-11")
def test_a_new_customer_has_no_formal_limit_and_pays_before_delivery(cast: Cast, company: Company) -> None:
    standing = credit_standing(company.customer, default_limit=D("1000.00"))
    assert not standing.is_limit_formal
    assert company.customer.settlement == "prepaid"
