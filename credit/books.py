"""What must hold of money, decisions and duties, proven by `verify_books`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from core.books import check
from core.models import Event
from core.money import BASE_CURRENCY, ZERO, AmountField
from credit.models import (
    Allocation,
    Application,
    CreditDecision,
    CreditLimitChange,
    CustomerAccount,
    LedgerEntry,
    Posting,
    Remittance,
)
from credit.workflow import LimitStatus, RemittanceStatus
from customers.models import Customer
from orders.models import Order
from orders.workflow import ORDER_WORKFLOW, OrderStatus

Accounts, Kind = LedgerEntry.Account, LedgerEntry.Kind


@check("M1", _("Every journal adds up to zero"))
def journals_balance() -> Iterator[str]:
    sums = LedgerEntry.objects.order_by().values("journal", "source_number").annotate(sum=Sum("amount"))
    for row in sums.exclude(sum=ZERO).iterator():
        yield f"{row['source_number']}: {row['sum']}"


@check("M2", _("The ledger adds up to zero in every currency"))
def currencies_balance() -> Iterator[str]:
    sums = LedgerEntry.objects.order_by().values("currency").annotate(sum=Sum("amount"))
    for row in sums.exclude(sum=ZERO):
        yield f"{row['currency']}: {row['sum']}"


@check("M6", _("A slip gives no more than it brings, and says how much it gave"))
def slips_give_what_they_bring() -> Iterator[str]:
    given = _sum_of(Allocation.objects.valid(), "remittance", "amount")
    slips = Remittance.objects.annotate(given=given).exclude(allocated=F("given"), amount__gte=F("given"))
    for slip in slips.iterator():
        yield f"{slip.number}: {slip.given} given, {slip.allocated} noted, {slip.amount} brought"


@check("M7", _("A posting is paid by its applications and by no more than it is worth"))
def postings_are_paid_by_applications() -> Iterator[str]:
    paid = _sum_of(Application.objects.all(), "posting", "amount")
    for posting in Posting.objects.annotate(paid=paid).exclude(applied=F("paid")).iterator():
        yield f"{posting.number}: {posting.applied} noted, {posting.paid} applied"
    used = _sum_of(Application.objects.all(), "allocation", "amount")
    for part in (
        Allocation.objects.annotate(used=used).exclude(applied=F("used")).select_related("remittance")
    ):
        yield f"{part.remittance.number}: {part.applied} noted, {part.used} applied"


@check("M8", _("One payment is recorded once"))
def slips_are_recorded_once() -> Iterator[str]:
    valid = Remittance.objects.valid().order_by()
    twice = valid.exclude(reference="").values("bank", "reference").annotate(n=Count("id")).filter(n__gt=1)
    for row in twice:
        yield f"{row['bank']} {row['reference']}: {row['n']}"
    same_file = valid.values("image_hash").annotate(n=Count("id")).filter(n__gt=1)
    for image_hash, n in same_file.values_list("image_hash", "n"):
        yield f"{image_hash[:12]}: {n}"


@check("M10", _("The ledger says of every customer what slips, postings and his account say"))
def subledgers_agree() -> Iterator[str]:
    ledger = {
        (row["customer_id"], row["account"]): row["sum"]
        for row in LedgerEntry.objects.order_by().values("customer_id", "account").annotate(sum=Sum("amount"))
    }
    received = _by_customer(
        Remittance.objects.filter(status=RemittanceStatus.CREDITED), "customer_id", "amount"
    )
    open_amounts = _by_customer(Posting.objects.all(), "order__customer_id", F("gross") - F("applied"))
    applied = _by_customer(Application.objects.all(), "posting__order__customer_id", "amount")
    accounts = {account.customer_id: account for account in CustomerAccount.objects.all()}
    for customer in sorted(
        {key for key, _account in ledger} | set(received) | set(open_amounts) | set(accounts)
    ):
        account = accounts.get(customer) or CustomerAccount()
        expected = {
            "bank": (
                received.get(customer, ZERO),
                ledger.get((customer, Accounts.BANK), ZERO),
                account.received,
            ),
            "receivable": (
                open_amounts.get(customer, ZERO),
                ledger.get((customer, Accounts.RECEIVABLE), ZERO),
                account.receivable,
            ),
            "advance": (
                received.get(customer, ZERO) - applied.get(customer, ZERO),
                -ledger.get((customer, Accounts.ADVANCE), ZERO),
            ),
        }
        for name, figures in expected.items():
            if len(set(figures)) > 1:
                yield f"customer {customer}, {name}: {' / '.join(str(figure) for figure in figures)}"


@check("M11", _("What an order received and posted is what slips and postings say; settled means 0.00 open"))
def orders_know_their_money() -> Iterator[str]:
    matched = Allocation.objects.valid().filter(remittance__status=RemittanceStatus.CREDITED)
    orders = Order.objects.annotate(
        received=_sum_of(matched, "order", "amount"), booked=_sum_of(Posting.objects.all(), "order", "gross")
    )
    is_open = Q(status=OrderStatus.SETTLED) & (Q(paid__lt=F("total")) | Q(posted__lt=F("total")))
    for order in orders.filter(~Q(paid=F("received")) | ~Q(posted=F("booked")) | is_open).iterator():
        yield (
            f"{order.number} {order.status}: paid {order.paid} / {order.received}, "
            f"posted {order.posted} / {order.booked}, total {order.total}"
        )


@check("M13", _("Every receipt, posting and application is in the ledger, once"))
def nothing_is_booked_twice() -> Iterator[str]:
    sources = LedgerEntry.objects.order_by().values("source_type", "source_number", "kind")
    for row in sources.annotate(n=Count("journal", distinct=True)).filter(n__gt=1):
        yield f"{row['source_type']} {row['source_number']} {row['kind']}: {row['n']}"
    booked = LedgerEntry.objects.filter(source_number=OuterRef("number"))
    expected = (
        (Remittance.objects.filter(status=RemittanceStatus.CREDITED), Kind.RECEIPT),
        (Posting.objects.all(), Kind.POSTING),
        (Application.objects.all(), Kind.APPLICATION),
    )
    for rows, kind in expected:
        for number in (
            rows.filter(~Exists(booked.filter(kind=kind))).values_list("number", flat=True).iterator()
        ):
            yield f"{number}: {kind} is not in the ledger"


@check("C3", _("No order is approved without a passing decision of its last round"))
def approvals_rest_on_a_decision() -> Iterator[str]:
    last = CreditDecision.objects.filter(order=OuterRef("pk"), round=OuterRef("round")).order_by("-id")
    approved = Order.objects.approved().annotate(
        last_result=Coalesce(Subquery(last.values("result")[:1]), Value(""))
    )
    unfounded = approved.exclude(last_result=CreditDecision.Result.PASS)
    yield from unfounded.values_list("number", flat=True).iterator()


@check("D5", _("Nobody has combined on one matter what must be kept apart"))
def duties_are_separated() -> Iterator[str]:
    acts = Event.objects.done().exclude(duty="").exclude(actor=None).order_by()
    several = acts.values("root_number", "actor").annotate(n=Count("duty", distinct=True)).filter(n__gt=1)
    for row in several.iterator():
        own = acts.filter(root_number=row["root_number"], actor=row["actor"])
        for first, second in _conflicts(own.values("duty", "round").distinct()):
            yield f"{row['root_number']}: person {row['actor']} did {first} and {second}"


def _conflicts(acts: Any) -> list[tuple[str, str]]:
    """Pairs of duties of one person on one matter that conflict, lasting ones in any round (AP-06, IC-01)."""
    duties, found = ORDER_WORKFLOW.duties, []
    done: list[Mapping[str, Any]] = list(acts)
    for first in done:
        for second in done:
            rule = duties.get(first["duty"])
            other = duties.get(second["duty"])
            if rule is None or other is None or second["duty"] not in rule.conflicts:
                continue
            if other.lasting or first["round"] == second["round"]:
                found.append((first["duty"], second["duty"]))
    return sorted(set(found))


def _sum_of(rows: Any, key: str, amount: str) -> Coalesce:
    """The sum of an amount over the rows that point to the outer one, 0.00 without any."""
    sums = rows.filter(**{key: OuterRef("pk")}).order_by().values(key).annotate(sum=Sum(amount)).values("sum")
    return Coalesce(Subquery(sums), ZERO, output_field=AmountField())


def _by_customer(rows: Any, key: str, amount: Any) -> dict[int, Decimal]:
    return {row[key]: row["sum"] for row in rows.order_by().values(key).annotate(sum=Sum(amount))}


@check("CM9", _("A customer's count and sum of orders are those of his completed orders"))
def cooperation_is_what_was_completed() -> Iterator[str]:
    """Final posted amounts in the company's currency (CM-09)."""
    completed = Order.objects.filter(status__in=(OrderStatus.COMPLETED, OrderStatus.SETTLED)).order_by()
    own = completed.filter(customer=OuterRef("pk")).values("customer")
    posted = own.filter(currency=BASE_CURRENCY).annotate(sum=Sum("posted")).values("sum")
    customers = Customer.objects.annotate(
        completed=Coalesce(Subquery(own.annotate(n=Count("pk")).values("n")), 0),
        bought=Coalesce(Subquery(posted), ZERO, output_field=AmountField()),
    )
    wrong = customers.filter(~Q(order_count=F("completed")) | ~Q(cumulative_amount=F("bought")))
    for customer in wrong.order_by("number").iterator():
        yield (
            f"{customer.number}: {customer.order_count} orders, {customer.cumulative_amount} noted; "
            f"{customer.completed} completed, {customer.bought} posted"
        )


@check("CM11", _("A formal credit limit is the one last granted, and not by its proposer"))
def limits_are_granted() -> Iterator[str]:
    granted = CreditLimitChange.objects.filter(status=LimitStatus.APPROVED)
    last = (
        granted.filter(customer=OuterRef("customer")).order_by("-decided_at", "-id").values("new_limit")[:1]
    )
    accounts = CustomerAccount.objects.annotate(granted=Subquery(last, output_field=AmountField()))
    wrong = accounts.filter(granted__isnull=False).filter(~Q(limit=F("granted")) | Q(limit__isnull=True))
    for account in wrong.select_related("customer").iterator():
        yield f"{account.customer.number}: {account.limit} noted, {account.granted} granted"
    yield from granted.filter(decided_by=F("created_by")).values_list("number", flat=True)
