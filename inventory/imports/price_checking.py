"""What each row of a file of prices would do, and what is wrong with it (QT-03).

Rows are known by version, product and quantity. A version that is approved or withdrawn takes nothing; what the
rows say of a version must agree with each other and with what is on file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from core.errors import Problems
from core.imports.registry import CheckedRow, ParsedRow, RowProblem
from core.models import User
from core.money import BASE_CURRENCY
from core.sql import among
from customers.models import Customer
from inventory.models import Price, PriceList
from inventory.rows import PriceRow, break_problems, price_problems
from inventory.services.price_lists import Span, check_days, check_header, check_quantity, products_of

HEADER = ("list_name", "valid_from", "valid_until", "currency", "customer")
FIELD_OF_HEADER = {"code": "price_list", "name": "list_name"}


@dataclass(slots=True)
class ListPlan:
    """A version as the rows want it; `on_file` is set when it exists. `first` is the first row that names it."""

    code: str
    first: int
    on_file: PriceList | None = None
    name: str = ""
    valid_from: date | None = None
    valid_until: date | None = None
    currency: str = BASE_CURRENCY
    customer: Customer | None = None
    said: dict[str, tuple[Any, int]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class PricePlan:
    version: ListPlan
    price: PriceRow
    existing: Price | None


class PriceFile:
    """What is on file for the rows of one import. Four queries, and one for each new version among them."""

    def __init__(self, rows: Sequence[ParsedRow], actor: User) -> None:
        lists = PriceList.objects.filter(code__in=among(row.text("price_list") for row in rows))
        on_file = {found.code: found for found in lists.select_related("customer")}
        numbers = among(row.text("customer").upper() for row in rows)
        visible = Customer.objects.visible_to(actor).filter(number__in=numbers)
        self.customers = {customer.number: customer for customer in visible}
        self.prices = [_price_of(row) for row in rows]
        self.products = products_of(self.prices)
        self.stored = {
            (p.price_list_id, p.product_id, p.minimum_quantity): p
            for p in Price.objects.filter(price_list__in=among(found.pk for found in on_file.values()))
        }
        self.lists: dict[str, ListPlan] = {}
        for row in rows:
            code = row.text("price_list")
            plan = self.lists.setdefault(code, ListPlan(code, row.row_no, on_file.get(code)))
            for name in HEADER:
                if row.has(name):
                    plan.said.setdefault(name, (row.values[name], row.row_no))
        for plan in self.lists.values():
            self._settle(plan)
        self._find_overlaps_within()

    def _settle(self, plan: ListPlan) -> None:
        """Take the version from what is on file, or from what the rows say first."""
        said = {name: value for name, (value, _row) in plan.said.items()}
        if plan.on_file is not None:
            plan.customer = plan.on_file.customer
            if plan.on_file.status != "entered":
                plan.problems.append(
                    RowProblem(
                        "price_list",
                        _("Price list %(code)s is approved or withdrawn; its prices stand.")
                        % {"code": plan.code},
                        _("Give the rows the code of a new version."),
                    )
                )
            return
        plan.name, plan.valid_from = said.get("list_name") or plan.code, said.get("valid_from")
        plan.valid_until, plan.currency = (
            said.get("valid_until"),
            str(said.get("currency", BASE_CURRENCY)).upper(),
        )
        plan.customer = self.customers.get(str(said.get("customer", "")).upper())
        if plan.valid_from is None:
            plan.problems.append(
                RowProblem("valid_from", _("A new version needs its first day."), _("Fill in the cell."))
            )
            return
        found = Problems()
        check_header(plan.code, plan.name, plan.valid_from, plan.valid_until, plan.currency, found)
        check_days(Span(plan.valid_from, plan.valid_until), plan.customer, plan.currency, found)
        for problem in found.found:
            name = problem.pointer.removeprefix("#/")
            plan.problems.append(
                RowProblem(FIELD_OF_HEADER.get(name, name), problem.detail, _fix_of(problem.code))
            )

    def _find_overlaps_within(self) -> None:
        """Two new versions of one series in the same file must not meet either."""
        seen: dict[tuple[int | None, str], list[ListPlan]] = defaultdict(list)
        for plan in self.lists.values():
            if plan.on_file is not None or plan.valid_from is None:
                continue
            series = seen[plan.customer.pk if plan.customer else None, plan.currency]
            span = Span(plan.valid_from, plan.valid_until)
            other = next(
                (o for o in series if o.valid_from and span.meets(Span(o.valid_from, o.valid_until))), None
            )
            if other is not None:
                plan.problems.append(
                    RowProblem(
                        "valid_from",
                        _("Its days meet those of %(code)s in the same file.") % {"code": other.code},
                        _("Choose days that do not meet."),
                    )
                )
            series.append(plan)


def _price_of(row: ParsedRow) -> PriceRow:
    """The price as the row wants it; what could not be read counts as nought and has been reported."""
    values = row.values
    return PriceRow(
        sku=row.text("sku"),
        unit_price=values.get("unit_price") or Decimal(0),
        floor_price=values.get("floor_price"),
        minimum_quantity=values.get("minimum_quantity") or Decimal(0),
    )


def check_prices_of_file(rows: Sequence[ParsedRow], actor: User) -> Iterator[CheckedRow]:
    """What each row would do, judged by the same functions as the page."""
    found = PriceFile(rows, actor)
    breaks = _break_problems(found, rows)
    checked = [
        _checked(row, price, found, breaks.get(place))
        for place, (row, price) in enumerate(zip(rows, found.prices, strict=True))
    ]
    faulty = {_product_of(row) for row in checked if row.outcome == "error"}
    for row in checked:
        if row.outcome != "error" and _product_of(row) in faulty:
            problem = RowProblem(
                "sku",
                _("Another row of this product in this version has to be corrected."),
                _("Correct that row; the prices of a product go together."),
            )
            yield CheckedRow(row.row, "error", row.key, (problem,))
        else:
            yield row


def _product_of(row: CheckedRow) -> tuple[str, str]:
    return row.row.text("price_list"), row.row.text("sku")


def _checked(
    row: ParsedRow, price: PriceRow, found: PriceFile, among_breaks: RowProblem | None
) -> CheckedRow:
    plan = found.lists[row.text("price_list")]
    key = f"{plan.code} {price.sku} {price.minimum_quantity.normalize():f}".strip()
    problems = [*row.problems, *_header_problems(row, plan, found)]
    if row.row_no == plan.first or plan.on_file is not None:
        problems += plan.problems
    elif plan.problems:
        problems.append(_see_first(plan))
    problems += _price_problems(row, price, found)
    if among_breaks is not None and not problems:
        problems.append(among_breaks)
    if problems:
        return CheckedRow(row, "error", key, tuple(problems))
    stored = None
    if plan.on_file is not None:
        stored = found.stored.get((plan.on_file.pk, found.products[price.sku][0], price.minimum_quantity))
    if stored is None:
        return CheckedRow(row, "create", key, plan=PricePlan(plan, price, None))
    is_same = (stored.unit_price, stored.floor_price) == (price.unit_price, price.floor_price)
    return CheckedRow(row, "unchanged" if is_same else "update", key, plan=PricePlan(plan, price, stored))


def _see_first(plan: ListPlan) -> RowProblem:
    return RowProblem(
        "price_list",
        _("The version itself has to be corrected, see row %(row)s.") % {"row": plan.first},
        _("Correct it there and in all rows of the version."),
    )


def _header_problems(row: ParsedRow, plan: ListPlan, found: PriceFile) -> Iterator[RowProblem]:
    """What the row says of its version must be what the version is."""
    number = row.text("customer").upper()
    if number and number not in found.customers:
        yield RowProblem("customer", _("There is no customer with this number."), _("Correct the number."))
        return
    for name in HEADER:
        if not row.has(name) or row.is_faulty(name):
            continue
        if plan.on_file is not None:
            if _plain(row.values[name]) != _plain(_on_file(plan.on_file, name)):
                yield RowProblem(
                    name,
                    _("The version on file says otherwise."),
                    _("Put back what is on file, leave the cell empty, or give a new code."),
                )
        elif _plain(row.values[name]) != _plain(plan.said[name][0]):
            yield RowProblem(
                name,
                _("Row %(row)s says otherwise of the same version.") % {"row": plan.said[name][1]},
                _("Say the same in all rows of a version, or give this row another version."),
            )


def _on_file(price_list: PriceList, name: str) -> Any:
    if name == "customer":
        return price_list.customer.number if price_list.customer is not None else ""
    return price_list.name if name == "list_name" else getattr(price_list, name)


def _plain(value: Any) -> str:
    return "" if value is None else str(value).strip().upper()


def _price_problems(row: ParsedRow, price: PriceRow, found: PriceFile) -> Iterator[RowProblem]:
    product = found.products.get(price.sku)
    if product is None and price.sku:
        yield RowProblem(
            "sku", _("There is no such product."), _("Correct the code, or import the product first.")
        )
    named = set()
    for name, code, detail in price_problems(price):
        if not row.is_faulty(name) and name not in named:
            named.add(name)
            yield RowProblem(name, detail, _fix_of(code))
    if product is not None and "minimum_quantity" not in named:
        fault = check_quantity(price, product[1])
        if fault:
            yield RowProblem("minimum_quantity", fault, _("Enter a quantity the unit can have."))


def _break_problems(found: PriceFile, rows: Sequence[ParsedRow]) -> dict[int, RowProblem]:
    """What is wrong among the quantity prices of a product, those on file included, by the row's place."""
    places: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(rows):
        places[row.text("price_list"), row.text("sku")].append(place)
    by_product = _stored_by_product(found)
    problems: dict[int, RowProblem] = {}
    for (code, sku), of_file in places.items():
        plan, product = found.lists[code], found.products.get(sku)
        prices = [found.prices[place] for place in of_file]
        others: list[PriceRow] = []
        if plan.on_file is not None and product is not None:
            given = {price.minimum_quantity for price in prices}
            others = [p for p in by_product[plan.on_file.pk, product[0]] if p.minimum_quantity not in given]
        for place, (name, code_of_fault, detail) in break_problems([*prices, *others]).items():
            at = of_file[min(place, len(of_file) - 1)]
            problems[at] = RowProblem(name, detail, _fix_of(code_of_fault))
    return problems


def _stored_by_product(found: PriceFile) -> Mapping[tuple[int, int], list[PriceRow]]:
    by_product: dict[tuple[int, int], list[PriceRow]] = defaultdict(list)
    for (price_list, product, quantity), price in found.stored.items():
        by_product[price_list, product].append(PriceRow("", price.unit_price, price.floor_price, quantity))
    return by_product


def _fix_of(code: str) -> str:
    known = {
        "required": _("Fill in the cell."),
        "duplicate": _("Keep one of the two rows, or give another code."),
        "overlap": _("Choose other days."),
        "order": _("Correct one of the two days."),
        "currency": _("Correct the currency."),
        "price": _("Correct the amount."),
        "quantity": _("Correct the quantity."),
        "rising": _("Correct one of the two prices."),
        "below_floor": _("Raise the price or lower the floor price."),
        "no_base": _("Add a row with quantity 0."),
    }
    return known.get(code, _("Correct the cell."))
