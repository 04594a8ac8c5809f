"""What a customer has bought with us so far: dates, count and amount of completed orders (CM-09)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from django.db.models import F, Value
from django.db.models.functions import Coalesce, Greatest, Least
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import RuleRefused
from core.models import User
from core.money import ZERO, AmountField
from core.transactions import unit_of_work
from customers.models import Customer


@unit_of_work
def record_cooperation(customer: Customer, *, completed_on: date, gross: Decimal = ZERO) -> None:
    """An order was completed: one more order, its dates and its final posted amount (CM-09).

    `gross` is everything ever posted of the order, tax included, in the company's currency: partial
    deliveries count together and only now. A new customer becomes an existing one. One statement, no
    version: nobody's open page becomes stale by it.
    """
    Customer.objects.filter(pk=customer.pk).update(
        first_cooperation_on=Least(Coalesce(F("first_cooperation_on"), completed_on), completed_on),
        last_cooperation_on=Greatest(Coalesce(F("last_cooperation_on"), completed_on), completed_on),
        order_count=F("order_count") + 1,
        cumulative_amount=F("cumulative_amount") + Value(gross, output_field=AmountField()),
        kind=Customer.Kind.EXISTING,
        updated_at=now(),
    )


@unit_of_work
def add_purchases(customer: Customer, *, gross: Decimal) -> None:
    """Later postings of completed orders: a return gives a negative amount and reduces the sum (CM-09).

    Tax included, company currency. A return on an order that is not completed yet reduces what is posted of
    it and must not come here. Raises RuleRefused rather than let the sum fall below zero. One statement.
    """
    changed = Customer.objects.filter(pk=customer.pk, cumulative_amount__gte=-gross).update(
        cumulative_amount=F("cumulative_amount") + Value(gross, output_field=AmountField()), updated_at=now()
    )
    if not changed:
        raise RuleRefused(
            _("%(number)s has bought less than is taken back. Check the amount of the return.")
            % {"number": customer.number},
            rule="CM-09",
            code="returned_more_than_bought",
        )


@unit_of_work
def move_cooperation(source: Customer, target: Customer, actor: User) -> int:
    """Let a merged customer's figures go on in the file that stays (CM-12). One query, two statements."""
    left = Customer.objects.get(pk=source.pk)
    if not left.order_count:
        return 0
    first, last = left.first_cooperation_on, left.last_cooperation_on
    Customer.objects.filter(pk=target.pk).update(
        first_cooperation_on=Least(Coalesce(F("first_cooperation_on"), first), first),
        last_cooperation_on=Greatest(Coalesce(F("last_cooperation_on"), last), last),
        order_count=F("order_count") + Value(left.order_count),
        cumulative_amount=F("cumulative_amount") + Value(left.cumulative_amount, output_field=AmountField()),
        kind=Customer.Kind.EXISTING,
        updated_at=now(),
    )
    Customer.objects.filter(pk=source.pk).update(order_count=0, cumulative_amount=ZERO)
    return left.order_count
