"""What a draft's header, texts and figures must be, each fault with its pointer (IN-05, G-01)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.clock import today
from core.errors import Problems
from customers.models import Customer
from orders.drafts import MOST_LINES, OrderDraft
from orders.models import Order

MOST = Decimal(1_000_000_000)
"""Bound of quantities, prices and amounts of one line: beyond it somebody has leant on the keyboard."""

DEFAULT_TERMS = Order.Terms.PREPAID


def check_header(customer: Customer, draft: OrderDraft, ordered_on: date, found: Problems) -> None:
    if draft.channel not in Order.Channel.values:
        found.add("#/channel", "unknown_channel", _("Choose how the order came in."))
    if ordered_on > today():
        found.add(
            "#/ordered_on",
            "in_the_future",
            _("The order date lies in the future. Enter the day on which it came in."),
        )
    if draft.promised_on is not None and draft.promised_on < ordered_on:
        found.add(
            "#/promised_on",
            "before_order",
            _("The promised date is before the order date. Enter a later day."),
        )
    check_terms(customer, draft, found)
    _check_amounts(draft, found)
    _check_texts(draft, found)
    if not draft.lines:
        found.add(
            "#/lines", "no_lines", _("The order has no lines. Enter at least one product with a quantity.")
        )
    if len(draft.lines) > MOST_LINES:
        found.add(
            "#/lines",
            "too_many_lines",
            _("An order has at most %(most)s lines. Split it.") % {"most": MOST_LINES},
        )


def check_terms(customer: Customer, draft: OrderDraft, found: Problems) -> None:
    """Terms may be stricter than the customer file allows, never looser: those finance sets (CM-10)."""
    if not draft.terms or draft.terms == customer.settlement:
        share = draft.prepaid_percent
        if share is not None and not Decimal(0) <= share <= Decimal(100):
            found.add(
                "#/prepaid_percent", "out_of_range", _("The prepaid share lies between 0 and 100 percent.")
            )
        elif share is not None and customer.prepaid_percent is not None and share < customer.prepaid_percent:
            found.add(
                "#/prepaid_percent",
                "looser_than_customer",
                _(
                    "%(customer)s pays at least %(share)s%% in advance. Finance can change that in the "
                    "customer file (CM-10)."
                )
                % {"customer": customer.number, "share": customer.prepaid_percent},
            )
    elif draft.terms not in Order.Terms.values:
        found.add("#/terms", "unknown_terms", _("Choose payment terms."))
    elif draft.terms != DEFAULT_TERMS:
        found.add(
            "#/terms",
            "looser_than_customer",
            _('%(customer)s buys on "%(terms)s". Finance can change that in the customer file (CM-10).')
            % {"customer": customer.number, "terms": customer.get_settlement_display()},
        )


def _check_amounts(draft: OrderDraft, found: Problems) -> None:
    for name, amount in (("stated_amount", draft.stated_amount), ("freight", draft.freight)):
        if amount is None:
            continue
        if amount < 0 or amount > MOST * 10 or has_more_places(amount, 2):
            found.add(
                f"#/{name}", "bad_amount", _("Enter an amount of 0.00 or more with at most 2 decimals.")
            )
    if draft.stated_amount is not None and draft.stated_amount_absent:
        found.add(
            "#/stated_amount_absent",
            "both_given",
            _(
                'An amount is entered, so "customer stated no amount" cannot be ticked. Clear one of '
                "the two (VA-02)."
            ),
        )


HEADER_TEXTS = (
    "customer_po",
    "external_ref",
    "contact_name",
    "contact_phone",
    "contact_email",
    "delivery_address",
    "source",
    "remarks",
)
LONGEST_REMARKS = 2_000


def longest(model: Any, name: str) -> int:
    """How many characters a text column takes."""
    return int(model._meta.get_field(name).max_length or LONGEST_REMARKS)


def _check_texts(draft: OrderDraft, found: Problems) -> None:
    for name in HEADER_TEXTS:
        most = longest(Order, name)
        check_text(f"#/{name}", getattr(draft, name), most, found)
    if draft.contact_email:
        try:
            validate_email(draft.contact_email)
        except ValidationError:
            found.add(
                "#/contact_email",
                "bad_email",
                _("This is not an e-mail address. Correct it or leave it empty."),
            )


def check_text(pointer: str, text: str, most: int, found: Problems) -> None:
    if len(text) > most:
        found.add(
            pointer,
            "too_long",
            _("The text has %(length)s characters, at most %(most)s fit.")
            % {"length": len(text), "most": most},
        )
    elif any(character < " " and character not in "\n\r\t" for character in text) or (
        not text.isascii() and _has_surrogate(text)
    ):
        found.add(
            pointer, "bad_character", _("The text contains characters that cannot be printed. Type it again.")
        )


def _has_surrogate(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def check_quantity(at: str, quantity: Decimal, decimals: int | None, found: Problems) -> None:
    if quantity <= 0:
        found.add(f"{at}/quantity", "not_positive", _("Enter a quantity greater than 0."))
    elif quantity > MOST:
        found.add(f"{at}/quantity", "too_large", _("The quantity is too large. Check it."))
    elif decimals is not None and has_more_places(quantity, decimals):
        found.add(
            f"{at}/quantity",
            "fraction_not_allowed",
            _("This unit is sold whole. Enter a whole quantity (G-01).")
            if decimals == 0
            else _("This unit allows at most %(decimals)s decimals (G-01).") % {"decimals": decimals},
        )


def has_more_places(value: Decimal, places: int) -> bool:
    """True when a figure has more decimals than allowed, trailing zeros apart."""
    exponent = value.normalize().as_tuple().exponent
    return isinstance(exponent, int) and -exponent > places
