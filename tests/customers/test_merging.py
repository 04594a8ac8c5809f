"""Two files of one company become one: everything moves, the ledgers stay as written, both numbers lead on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.apps import apps
from django.db.models import Sum
from django.utils import translation

from core.clock import today
from core.errors import BusinessError, PermissionDenied, RuleRefused, StaleVersion
from core.jobs import run_next_job
from core.models import Event
from credit.models import CustomerAccount, LedgerEntry, Posting, Remittance
from credit.services.accounts import lock_account
from customers.models import CarePlan, Customer
from customers.services import freeze_credit, resume_orders, stop_orders
from customers.services.merging import MergeProposal, merge_customers, propose_merge
from inventory.models import CustomerPart, PriceList
from orders.books import papers_follow_a_merging
from orders.enquiries.services import link_customer
from orders.models import Contract, Enquiry, Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import fresh, slip_for
from tests.fulfillment.matters import approved, deliver, gone
from tests.orders.contracts import applied
from tests.orders.drafts import placed
from tests.orders.enquiries.matters import enquiry_of, prospect_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal


@pytest.fixture
def double(cast: Cast) -> Customer:
    """The same company once more, on file under another number and without a credit code."""
    return factories.CustomerFactory(
        number="C2026900", name="华信电子（杭州）有限公司", uscc="", region=cast.south, salesperson=cast.rep
    )


@pytest.fixture
def busy(cast: Cast, company: Company, double: Customer) -> Customer:
    """The double with a delivered and paid order, a draft, a slip with something left over, and agreements."""
    theirs = replace(company, customer=double)
    delivered = gone(cast, theirs, approved(cast, theirs))
    deliver(cast, delivered)
    draft = placed(theirs, cast.assistant)
    slip_for(cast, fresh(draft), "100.00")
    CustomerPart.objects.create(customer=double, product=company.motor, part_number="HX-1")
    PriceList.objects.create(
        code="AG-1", name="协议价", customer=double, valid_from=date(2026, 1, 1), created_by=cast.catalogue
    )
    return Customer.objects.get(pk=double.pk)


def balances(customer: Customer) -> dict[str, Decimal]:
    rows = LedgerEntry.objects.filter(customer=customer).order_by().values("account")
    return {row["account"]: row["sum"] for row in rows.annotate(sum=Sum("amount")) if row["sum"]}


def merged(company: Company, source: Customer, cast: Cast) -> Customer:
    return merge_customers(source, target=company.customer, reason="同一家公司", actor=cast.manager)


@pytest.mark.rule("CM-12")
def test_everything_moves_and_the_old_number_leads_to_the_new(
    cast: Cast, company: Company, busy: Customer
) -> None:
    before = {
        "orders": set(Order.objects.filter(customer=busy).values_list("number", flat=True)),
        "slips": set(Remittance.objects.filter(customer=busy).values_list("number", flat=True)),
        "money": balances(busy),
        "entries": list(LedgerEntry.objects.order_by("pk").values()),
        "account": CustomerAccount.objects.get(customer=busy),
    }
    assert len(before["orders"]) == 2
    assert before["money"]["revenue"] < 0

    target = merged(company, busy, cast)

    source = Customer.objects.get(pk=busy.pk)
    assert (source.status, source.merged_into, source.order_count) == ("merged", target, 0)
    assert set(Order.objects.filter(customer=target).values_list("number", flat=True)) == before["orders"]
    assert set(Remittance.objects.filter(customer=target).values_list("number", flat=True)) == before["slips"]
    assert (target.contacts.count(), target.addresses.count()) == (2, 2)
    assert CustomerPart.objects.get().customer == target
    assert PriceList.objects.get(code="AG-1").customer == target
    target.refresh_from_db()
    posted = Posting.objects.aggregate(sum=Sum("gross"))["sum"]
    assert (target.order_count, target.cumulative_amount) == (1, posted)

    assert balances(source) == {}
    assert balances(target) == before["money"]
    assert list(LedgerEntry.objects.order_by("pk").values())[: len(before["entries"])] == before["entries"]
    account, kept = CustomerAccount.objects.get(customer=target), before["account"]
    assert (account.received, account.receivable) == (kept.received, kept.receivable)

    event = Event.objects.get(document_number=source.number, name="merge")
    assert event.data["into"] == target.number
    assert event.data["moved"]["orders"] == 2
    assert Event.objects.get(document_number=target.number, name="took_over").data["from"] == source.number


@pytest.mark.rule("CM-12")
def test_an_entry_the_surviving_file_lacks_comes_from_the_other(
    cast: Cast, company: Company, double: Customer
) -> None:
    Customer.objects.filter(pk=double.pk).update(core_needs="准时交货", source="转介绍")
    target = merged(company, Customer.objects.get(pk=double.pk), cast)

    assert (target.core_needs, target.source, target.uscc) == ("准时交货", "转介绍", company.customer.uscc)


@pytest.mark.rule("CM-12")
def test_who_was_merged_before_now_leads_to_the_last_file(
    cast: Cast, company: Company, double: Customer
) -> None:
    first = factories.CustomerFactory(uscc="", region=cast.south, salesperson=cast.rep)
    merge_customers(first, target=double, reason="重复", actor=cast.manager)
    merged(company, Customer.objects.get(pk=double.pk), cast)

    assert Customer.objects.get(pk=first.pk).merged_into == company.customer


@pytest.mark.rule("CM-12")
def test_what_forbids_it_is_said_and_nothing_moves(cast: Cast, company: Company, busy: Customer) -> None:
    Customer.objects.filter(pk=busy.pk).update(currency="USD", uscc=factories.uscc_number(444))
    source = Customer.objects.get(pk=busy.pk)
    orders = Order.objects.filter(customer=source).count()

    with pytest.raises(RuleRefused) as refusal:
        merged(company, source, cast)

    assert len(refusal.value.problems) == 2
    assert "USD" in refusal.value.problems[0].detail
    assert Order.objects.filter(customer=source).count() == orders
    assert Customer.objects.get(pk=source.pk).status == "active"
    Customer.objects.filter(pk=busy.pk).update(currency="CNY")


@pytest.mark.rule("IN-04")
def test_two_live_orders_with_one_customer_number_stand_in_the_way(
    cast: Cast, company: Company, double: Customer
) -> None:
    placed(company, cast.assistant, customer_po="PO-7")
    order = placed(replace(company, customer=double), cast.assistant, customer_po="PO-7")

    with pytest.raises(RuleRefused) as refusal:
        merged(company, double, cast)

    assert order.number in str(refusal.value)
    assert "PO-7" in str(refusal.value)


@pytest.mark.rule("CM-12")
def test_a_freeze_is_not_shaken_off_by_merging(cast: Cast, company: Company, double: Customer) -> None:
    frozen = freeze_credit(double, reason="逾期", actor=cast.finance)
    with pytest.raises(RuleRefused):
        merged(company, frozen, cast)

    account = lock_account(company.northern_customer)
    CustomerAccount.objects.filter(pk=account.pk).update(is_frozen=True)
    Customer.objects.filter(pk=company.northern_customer.pk).update(uscc="")
    with pytest.raises(RuleRefused):
        merged(company, Customer.objects.get(pk=company.northern_customer.pk), cast)


@pytest.mark.rule("CM-12", "IC-01")
def test_a_freeze_is_not_shaken_off_by_stopping_either_file_before_the_merging(
    cast: Cast, company: Company, double: Customer
) -> None:
    freeze_credit(double, reason="逾期未付", actor=cast.finance)
    stop_orders(company.customer, reason="整理档案", actor=cast.manager)
    with pytest.raises(RuleRefused):
        merged(company, double, cast)
    resume_orders(company.customer, reason="整理完毕", actor=cast.manager)
    stop_orders(double, reason="整理档案", actor=cast.manager)

    with pytest.raises(RuleRefused) as refused:
        merged(company, double, cast)

    assert refused.value.code == "cannot_merge"
    assert Customer.objects.get(pk=double.pk).status == "stopped"
    freeze_credit(company.customer, reason="同一家公司", actor=cast.finance)
    assert merged(company, double, cast).status == "frozen"


@pytest.mark.rule("CM-12")
def test_only_the_sales_manager_of_both_desks_merges_what_he_saw(
    cast: Cast, company: Company, double: Customer
) -> None:
    southern = factories.person("nanfang", "sales_manager", desks=(cast.south,))
    northern = company.northern_customer
    for actor, source in (
        (cast.rep, double),
        (cast.finance, double),
        (cast.admin, double),
        (southern, northern),
    ):
        with pytest.raises(PermissionDenied):
            merge_customers(source, target=company.customer, reason="同一家", actor=actor)
    with pytest.raises(StaleVersion):
        merge_customers(double, target=company.customer, reason="同一家", actor=cast.manager, version=9)
    with pytest.raises(BusinessError):
        merge_customers(double, target=company.customer, reason=" ", actor=cast.manager)
    with pytest.raises(RuleRefused):
        merge_customers(double, target=double, reason="同一家", actor=cast.manager)
    assert not Customer.objects.filter(status="merged").exists()


@pytest.mark.rule("CM-12")
def test_the_proposal_counts_what_moves_and_writes_nothing(
    cast: Cast, company: Company, busy: Customer
) -> None:
    events = Event.objects.count()
    with translation.override("en"):
        proposal: MergeProposal = propose_merge(busy, company.customer, actor=cast.manager)

    assert {(move.label, move.count) for move in proposal.moves} >= {("Orders", 2), ("Contacts", 1)}
    assert proposal.obstacles == ()
    assert Event.objects.count() == events


STAYS = {
    "credit.CustomerAccount": "the row of locks; its figures are carried over",
    "credit.CreditLimitChange": "the limit of the file that goes on counts; an open one forbids merging",
    "credit.CreditNote": "append-only",
    "credit.LedgerEntry": "append-only: carried over by entries",
    "customers.GradeHistory": "append-only",
    "customers.DataRecord": "append-only",
    "customers.GradeProposal": "belongs to its run; an open one is closed",
    "customers.Customer": "files merged before are led on",
}
MOVES = {
    "customers.Contact",
    "customers.Address",
    "customers.ChangeReport",
    "customers.CarePlan",
    "inventory.CustomerPart",
    "inventory.PriceList",
    "orders.Enquiry",
    "orders.Quote",
    "orders.Contract",
    "orders.Order",
    "orders.OrderForm",
    "credit.Remittance",
}


@pytest.mark.rule("CM-12")
def test_every_table_that_names_a_customer_is_moved_or_stays_on_purpose() -> None:
    named = {
        model._meta.label
        for model in apps.get_models()
        if not model._meta.proxy and "Historical" not in model.__name__
        for field in model._meta.get_fields()
        if field.is_relation and not field.auto_created and field.related_model is Customer
    }
    assert named - STAYS.keys() == MOVES


@pytest.mark.rule("CM-12")
@pytest.mark.plants_faults
def test_a_paper_left_under_a_merged_customer_is_found(
    cast: Cast, company: Company, double: Customer
) -> None:
    order = placed(company, cast.assistant)
    merged(company, double, cast)
    Order.objects.filter(pk=order.pk).update(customer=double)

    assert list(papers_follow_a_merging()) == [order.number]


@pytest.mark.rule("CM-12")
def test_an_order_that_was_begun_before_the_merging_follows_it(
    cast: Cast, company: Company, double: Customer
) -> None:
    theirs = replace(company, customer=Customer.objects.with_defaults().get(pk=double.pk))
    merged(company, double, cast)
    late = placed(theirs, cast.assistant)

    assert run_next_job()

    assert Order.objects.get(pk=late.pk).customer == company.customer
    assert list(papers_follow_a_merging()) == []


@pytest.mark.rule("CM-12")
def test_enquiries_and_contracts_begun_before_the_merging_are_not_left_with_the_old_file(
    cast: Cast, company: Company, double: Customer
) -> None:
    seen = replace(company, customer=Customer.objects.with_defaults().get(pk=double.pk))
    waiting = prospect_of(cast)
    merged(company, double, cast)

    begun: tuple[Callable[[], object], ...] = (
        lambda: enquiry_of(cast, seen),
        lambda: link_customer(waiting, customer=seen.customer, actor=cast.assistant),
        lambda: applied(cast, seen),
    )
    for write in begun:
        with pytest.raises(RuleRefused) as refused:
            write()
        assert (refused.value.rule, refused.value.code) == ("CM-12", "customer_merged")

    assert (Enquiry.objects.filter(customer=double).count(), Contract.objects.count()) == (0, 0)
    assert list(papers_follow_a_merging()) == []


@pytest.mark.rule("CM-08", "CM-12")
def test_of_two_care_plans_the_one_of_the_surviving_file_goes_on(
    cast: Cast, company: Company, double: Customer
) -> None:
    for customer in (company.customer, double):
        CarePlan.objects.create(customer=customer, owner=cast.rep, due_on=today())
    merged(company, double, cast)

    plans = CarePlan.objects.filter(customer=company.customer).order_by("pk")
    assert [plan.status for plan in plans] == ["open", "ended"]
