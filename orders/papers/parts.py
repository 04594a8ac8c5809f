"""What quotation and contract have in common: letterhead, table of lines, totals, terms, bank details."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.clock import now
from core.company import CompanyDetails
from core.money import round_half_up
from core.templatetags.figures import quantity_text
from orders.models import Order
from orders.models.priced_line import PricedLineBase
from orders.papers.wording import CODE_COLUMN, Wording, breakable, figure, share, unit_price

LINE_LABELS = {
    "no": gettext_lazy("No."),
    "sku": gettext_lazy("Code"),
    "product": gettext_lazy("Product and specification"),
    "quantity": gettext_lazy("Qty"),
    "unit": gettext_lazy("Unit"),
    "price": gettext_lazy("Unit price excl. tax"),
    "discount": pgettext_lazy("head of a narrow column", "Discount"),
    "net": gettext_lazy("Net amount"),
    "rate": gettext_lazy("Tax rate"),
    "tax": gettext_lazy("Tax"),
    "gross": gettext_lazy("Amount incl. tax"),
}
NUMBERS = {"no", "quantity", "price", "discount", "net", "rate", "tax", "gross"}
SIZES = (8.5, 7.5, 6.5)
"""Sizes of type of the table in points, of which the largest is taken that leaves room for the product."""

PAPER_WIDTH, LEAST_PRODUCT, CODE_WIDTH, INSET = 180.0, 42.0, 20.0, 2.8
"""Millimetres: between the margins, for the product at the least, for the code, and beside the text of a cell."""

CHARACTER = 0.62
"""Widest share of its height that a figure or a bold letter takes."""

PAGE, PAGES = "\ue000", "\ue001"
"""Stand in the foot for figures that only the typesetting knows."""

Facts = list[list[str]]


class Priced(Protocol):
    """What a paper needs to know of the document it prints."""

    currency: str
    freight: Decimal
    net: Decimal
    tax: Decimal
    terms: str
    prepaid_percent: Decimal | None


def letterhead(say: Wording, company: CompanyDetails) -> dict[str, Any]:
    return {
        "names": list(dict.fromkeys(company.name_in(language) for language in say.languages)),
        "lines": [
            text
            for text in (
                *dict.fromkeys(company.address_in(language) for language in say.languages),
                "   ".join(part for part in (company.phone, company.email, company.website) if part),
            )
            if text
        ],
    }


def frame(say: Wording, company: CompanyDetails, *, title: Any, number: str) -> dict[str, Any]:
    """Letterhead, titles and the foot with its page numbers."""
    return {
        "language": "en" if say.leading == "en" else "zh",
        "letterhead": letterhead(say, company),
        "titles": say.each(title),
        "number": number,
        "printed": say(
            lambda: _("Printed %(moment)s") % {"moment": f"{localtime(now()):%Y-%m-%d %H:%M}"}, " · "
        ),
        "page": say(lambda: _("Page %(page)s of %(pages)s") % {"page": PAGE, "pages": PAGES}, " · "),
    }


def facts(say: Wording, rows: Iterable[tuple[Any, Any]]) -> Facts:
    """Label and value, without those that have no value."""
    return [[say(label, "\n"), breakable(str(value))] for label, value in rows if value]


def table(say: Wording, lines: Sequence[PricedLineBase], currency: str) -> dict[str, Any]:
    """The lines; no column of discounts where there is none."""
    keys = [key for key in LINE_LABELS if key != "discount" or any(line.discount_percent for line in lines)]
    labels = {key: say(LINE_LABELS[key], "\n") for key in keys}
    cells = [_cells(line) for line in lines]
    size, widths = _layout(keys, labels, cells)
    return {
        "columns": [
            {"label": labels[key], "is_number": key in NUMBERS, "width": widths.get(key)} for key in keys
        ],
        "rows": [[row[key] for key in keys] for row in cells],
        "size": size,
        "note": say(lambda: _("Amounts in %(currency)s") % {"currency": currency}, " · "),
    }


def _layout(
    keys: Sequence[str], labels: dict[str, str], cells: Sequence[dict[str, list[str]]]
) -> tuple[float, dict[str, float]]:
    """Size of type in points and widths in millimetres; the product takes what the figures leave."""
    size, widths = SIZES[-1], {}
    for size in SIZES:
        em = size * 0.3528 * CHARACTER
        widths = {
            key: max(_widest(labels[key], [row[key][0] for row in cells]) * em + INSET, 0)
            for key in keys
            if key not in ("sku", "product")
        } | {"sku": CODE_WIDTH}
        if PAPER_WIDTH - sum(widths.values()) >= LEAST_PRODUCT:
            break
    return size, widths


def _widest(label: str, texts: Iterable[str]) -> int:
    """Characters of the longest text that may not break: a figure, a word of the heading, three Chinese signs."""
    words = [word if word.isascii() else "0" * min(2 * len(word), 5) for word in label.split()]
    units = [text if text.isascii() else "0" * min(2 * len(text), 6) for text in texts]
    return max(len(text) for text in [*words, *units, ""])


def _cells(line: PricedLineBase) -> dict[str, Any]:
    """A cell is a list of paragraphs; the first is the plain text."""
    return {
        "no": [str(line.line_no)],
        "sku": [breakable(line.sku, CODE_COLUMN)],
        "product": [breakable(text, 2 * CODE_COLUMN) for text in (line.name, line.spec, line.remark) if text],
        "quantity": [quantity_text(line.quantity)],
        "unit": [line.unit],
        "price": [unit_price(line.unit_price)],
        "discount": [share(line.discount_percent) if line.discount_percent else "—"],
        "net": [figure(line.net)],
        "rate": [share(line.tax_rate * 100)],
        "tax": [figure(line.tax)],
        "gross": [figure(line.gross)],
    }


def totals(say: Wording, paper: Priced, total: Decimal) -> list[dict[str, Any]]:
    """Net and tax of the lines, freight, and what they add up to (G-02, G-03)."""
    rows = [
        (gettext_lazy("Total of the lines, tax excluded"), paper.net, False),
        (gettext_lazy("Tax"), paper.tax, False),
        (gettext_lazy("Freight, tax included"), paper.freight, False),
        (gettext_lazy("Total, tax included"), total, True),
    ]
    return [
        {"label": say(label), "amount": figure(amount), "is_sum": is_sum}
        for label, amount, is_sum in rows
        if amount or is_sum or label is not rows[2][0]
    ]


def in_words(say: Wording, total: Decimal, currency: str) -> dict[str, Any]:
    return {"label": say(gettext_lazy("Total in words")), "lines": say.amount(total, currency)}


def payment_terms(paper: Priced, total: Decimal | None) -> str:
    """The terms as a sentence, in the language in force: how much is due when."""
    if paper.terms == Order.Terms.MONTHLY:
        return _("Monthly settlement: payment after the monthly statement.")
    percent = paper.prepaid_percent
    if paper.terms == Order.Terms.PREPAID or percent is None:
        return _("Payment in full before delivery.")
    rest = Decimal(100) - percent
    shares = {"percent": share(percent), "rest": share(rest)}
    if total is None:
        return _("%(percent)s before delivery, %(rest)s on receipt of the goods.") % shares
    first = round_half_up(total * percent / 100)
    amounts = {
        "first": f"{paper.currency} {figure(first)}",
        "second": f"{paper.currency} {figure(total - first)}",
    }
    return _("%(percent)s (%(first)s) before delivery, %(rest)s (%(second)s) on receipt of the goods.") % (
        shares | amounts
    )


def bank_facts(say: Wording, company: CompanyDetails) -> Facts:
    """Where to pay (IN-07); nothing until an account has been confirmed."""
    if not company.account_number:
        return []
    return facts(
        say,
        [
            (gettext_lazy("Account holder"), _each(say, company.name_in)),
            (gettext_lazy("Name of the bank"), _each(say, company.bank_in)),
            (gettext_lazy("Account number"), company.account_number),
            (gettext_lazy("SWIFT code"), company.swift),
        ],
    )


def _each(say: Wording, name_in: Any) -> str:
    return " ".join(dict.fromkeys(name_in(language) for language in say.languages))


def names_of_company(say: Wording, company: CompanyDetails) -> str:
    return _each(say, company.name_in)


def day_text(day: date | None) -> str:
    return day.isoformat() if day else ""
