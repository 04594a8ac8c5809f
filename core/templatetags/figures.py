"""Amounts, quantities and times as people read them: `{% load figures %}`. The same in every language."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.clock import now
from core.money import BASE_CURRENCY, Money, round_half_up

register = template.Library()

SYMBOLS = {"CNY": "¥", "USD": "US$", "EUR": "€", "HKD": "HK$", "JPY": "JP¥", "GBP": "£"}
MINUS = "−"


def none_sign() -> SafeString:
    return format_html(
        '<span class="none"><span aria-hidden="true">—</span><span class="visually-hidden">{}</span></span>',
        _("none"),
    )


def amount_text(amount: Any, currency: str = BASE_CURRENCY) -> str:
    """¥1,234.50; a negative amount has its sign first. Plain text, for messages and titles."""
    if isinstance(amount, Money):
        amount, currency = amount.amount, amount.currency
    figure = round_half_up(Decimal(amount))
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{MINUS if figure < 0 else ''}{symbol}{abs(figure):,.2f}"


def quantity_text(value: Any) -> str:
    """1,234.5: thousands apart, no trailing zeros."""
    figure = Decimal(value)
    whole = f"{abs(figure):,f}"
    whole = whole.rstrip("0").rstrip(".") if "." in whole else whole
    return f"{MINUS if figure < 0 else ''}{whole}"


@register.simple_tag
def money(amount: Any, currency: str = BASE_CURRENCY, zero: bool = False) -> SafeString:
    """`{% money order.total order.currency %}`. None and nought are a dash, unless `zero=True`."""
    value = amount.amount if isinstance(amount, Money) else amount
    if value is None or value == "" or (not zero and not Decimal(value)):
        return none_sign()
    text = amount_text(amount, currency)
    return format_html('<span class="amount{}">{}</span>', " negative" if Decimal(value) < 0 else "", text)


@register.filter(name="money")
def money_filter(amount: Any, currency: str = BASE_CURRENCY) -> SafeString:
    return money(amount, currency)


@register.filter
def plain_money(amount: Any, currency: str = BASE_CURRENCY) -> str:
    return "" if amount is None or amount == "" else amount_text(amount, currency)


@register.filter
def price(amount: Any, currency: str = BASE_CURRENCY) -> SafeString | str:
    """A unit price: at least 2 places, up to 4."""
    if amount is None or amount == "":
        return none_sign()
    figure = Decimal(amount)
    text = f"{abs(figure):,.4f}"
    text = text[:-2] if text.endswith("00") else text.rstrip("0")
    return f"{MINUS if figure < 0 else ''}{SYMBOLS.get(currency, currency + ' ')}{text}"


@register.simple_tag
def qty(value: Any, unit: Any = "", zero: bool = False) -> SafeString | str:
    """`{% qty line.quantity line.unit %}`. None and nought are a dash, unless `zero=True`."""
    if value is None or value == "" or (not zero and not Decimal(value)):
        return none_sign()
    if not unit:
        return quantity_text(value)
    return format_html('{}<span class="muted"> {}</span>', quantity_text(value), unit)


@register.filter(name="qty")
def qty_filter(value: Any, unit: Any = "") -> SafeString | str:
    return qty(value, unit)


@register.filter
def count(value: Any) -> str:
    """A quantity inside a sentence, where nought is said as 0."""
    return quantity_text(value)


@register.filter
def percent(value: Any, places: int = 1) -> SafeString | str:
    """A share that is already in percent (core.money.percentage); a dash where there is no base."""
    if value is None or value == "":
        return none_sign()
    return f"{round_half_up(Decimal(value), int(places)):f}%"


@register.filter
def rate(value: Any) -> SafeString | str:
    """A fraction in percent, without zeros that say nothing: 0.13 is 13%."""
    if value is None or value == "":
        return none_sign()
    return f"{(Decimal(value) * 100).normalize():f}%"


def _local(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


@register.filter
def day(value: date | datetime | None) -> SafeString:
    """2026-11-21, in the business zone."""
    if not value:
        return none_sign()
    shown = _local(value).date() if isinstance(value, datetime) else value
    return format_html('<time class="nowrap" datetime="{0}">{0}</time>', shown.isoformat())


@register.filter
def stamp(value: datetime | None) -> SafeString:
    """2026-11-21 14:05, in the business zone."""
    if not value:
        return none_sign()
    local = _local(value)
    return format_html(
        '<time class="nowrap" datetime="{}">{}</time>', local.isoformat(), local.strftime("%Y-%m-%d %H:%M")
    )


@register.simple_tag
def now_stamp() -> SafeString:
    return stamp(now())


@register.filter
def waited(since: datetime | None) -> str:
    """How long something has waited, short: 45 min, 2 h 10 min, 3 d."""
    if not since:
        return ""
    return duration_text(max(now() - since, timedelta()))


def duration_text(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 60:
        return _("%(minutes)s min") % {"minutes": minutes}
    if minutes < 24 * 60:
        return _("%(hours)s h %(minutes)s min") % {"hours": minutes // 60, "minutes": minutes % 60}
    return _("%(days)s d") % {"days": minutes // (24 * 60)}


@register.filter
def filesize(size: int) -> str:
    """12.5 KB, 1.2 MB; thousands of 1024."""
    figure = Decimal(size)
    for unit in ("B", "KB", "MB"):
        if figure < 1024:
            return f"{figure:.0f} {unit}" if unit == "B" else f"{figure:.1f} {unit}"
        figure /= 1024
    return f"{figure:.1f} GB"
