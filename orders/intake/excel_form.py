"""The standard Excel order form: handed out to a customer, read when it comes back (XL-01, XL-02, XL-03)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.base import File
from django.db.models import Prefetch
from django.utils import translation
from django.utils.translation import gettext as _

from core.attachments import WORKBOOK, open_attachment, store_attachment
from core.clock import today
from core.errors import CellProblem, FieldProblem, InvalidInput, RuleRefused
from core.models import Attachment, User
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission
from customers.models import Customer
from inventory.prices import ListsInForce, lists_in_force
from inventory.queries import PricedProduct, catalogue_for, no_price_list
from orders.assessment import Examination, examine_draft
from orders.drafts import LineDraft, OrderDraft
from orders.intake.form_reader import NotOurForm, Sheet, read_workbook
from orders.intake.form_writer import FilledIn, write_form
from orders.intake.layout import (
    COLUMNS,
    FIRST_ROW,
    OPEN_CELLS,
    TOTAL_CELL,
    Passport,
    checksum_of,
    letter_of,
    row_of,
)
from orders.models import Order, OrderForm
from orders.services.placing import place_order
from orders.warnings import DraftWarning


@dataclass(frozen=True, slots=True)
class FormReading:
    """What a form says. With problems there is nothing to import; `customer` may then be unknown."""

    customer: Customer | None
    draft: OrderDraft | None
    problems: tuple[CellProblem, ...] = ()
    warnings: tuple[DraftWarning, ...] = ()


class FormRefused(InvalidInput):
    """The form has faults; nothing was imported. `cells` lists each with sheet, row, column and
    reason (XL-02).
    """

    code, rule, http_status = "order_form_refused", "XL-02", 422

    def __init__(self, problems: Sequence[CellProblem], *, attachment: Attachment | None = None) -> None:
        self.cell_problems = tuple(problems)
        self.attachment = attachment
        super().__init__(
            _("The form was not imported. Correct the cells listed and upload it again."),
            problems=[FieldProblem(f"#/{p.sheet}/{p.column}{p.row}", p.code, p.detail) for p in problems],
            cells=[
                {
                    "sheet": p.sheet,
                    "row": p.row,
                    "column": p.column,
                    "code": p.code,
                    "detail": p.detail,
                    "value": p.value,
                }
                for p in problems
            ],
        )


# --- Out ------------------------------------------------------------------------------------------


def issue_order_form(
    customer: Customer, *, actor: User, order: Order | None = None
) -> tuple[OrderForm, bytes]:
    """Write the customer's order form with the prices of today, in the language of his documents (XL-01).

    Its prices are those from quantity 0 on, agreed or listed: a workbook cannot follow quantity prices.

    With `order` its quantities already stand in it: exported and imported unchanged, the form gives the same
    order (XL-03). Raises RuleRefused for an order a form cannot say: other prices, or a product twice.
    """
    require_permission(actor, "orders.view", rule="XL-01")
    lists = _lists_for(customer)
    price_list = lists.general
    assert price_list is not None
    products = catalogue_for(lists)
    filled = _filled_from(order, products) if order is not None else FilledIn()
    form = OrderForm(uid=uuid.uuid4(), customer=customer, price_list=price_list, issued_by=actor)
    prices = [(product.sku, product.unit_price) for product in products]
    passport = Passport(
        str(form.uid), lists.codes, customer.number, len(products), checksum_of(str(form.uid), prices)
    )
    with translation.override(customer.language):
        content = write_form(customer, price_list, products, passport, filled)
    _register(form, actor=actor)
    return form, content


def _lists_for(customer: Customer) -> ListsInForce:
    """The lists that hold for him today; raises RuleRefused without a general one. One query."""
    lists = lists_in_force(customer, currency=customer.currency)
    if lists.general is None:
        raise no_price_list(customer.currency, today())
    return lists


@unit_of_work
def _register(form: OrderForm, *, actor: User) -> None:
    form.save(force_insert=True)
    record_act(
        "order_form_issued",
        actor=actor,
        subject=form.customer.number,
        data={"form": str(form.uid), "price_list": form.price_list.code},
    )


def _filled_from(order: Order, products: Sequence[PricedProduct]) -> FilledIn:
    lines = list(order.lines.all())
    prices = {product.sku: product.unit_price for product in products}
    fits = len({line.sku for line in lines}) == len(lines) and all(
        prices.get(line.sku) == line.unit_price and not line.discount_percent for line in lines
    )
    if not fits:
        raise RuleRefused(
            _(
                "%(number)s has prices or lines that the standard form cannot show. Use the order "
                "confirmation instead."
            )
            % {"number": order.number},
            rule="XL-03",
            code="form_cannot_show",
        )
    return FilledIn(
        quantities={line.sku: line.quantity for line in lines},
        remarks={line.sku: line.remark for line in lines if line.remark},
        customer_po=order.customer_po,
        stated_amount=order.stated_amount,
        promised_on=order.promised_on,
        address_remark=order.remarks,
    )


# --- In -------------------------------------------------------------------------------------------


def import_order_form(upload: File[Any], *, actor: User) -> Order:
    """Make an order of an uploaded form, all or nothing; the workbook stays on file either way (XL-02,
    IN-01).

    Raises FormRefused with every fault and its cell, NotOurForm for another workbook; then there is no order.
    """
    require_permission(actor, "orders.enter", rule="IN-01")
    original = store_attachment(upload, kind="order_form", actor=actor, allowed=WORKBOOK)
    with open_attachment(original) as stored:
        reading = read_order_form(stored.read(), actor=actor)
    if reading.problems or reading.customer is None or reading.draft is None:
        raise FormRefused(reading.problems, attachment=original)
    return place_order(reading.customer, draft=reading.draft, actor=actor, original=original)


def read_order_form(content: bytes, *, actor: User) -> FormReading:
    """Read a form and list all its faults (XL-02). Seven statements, nothing is written."""
    sheet = read_workbook(content)
    form = _form_of(sheet)
    if form is None or form.customer.number != sheet.passport.customer:
        return FormReading(
            None,
            None,
            (
                _at_customer(
                    sheet,
                    "unknown_customer",
                    _("We have issued no such form to this customer. Download the customer's form again."),
                ),
            ),
        )
    if not Customer.objects.visible_to(actor).filter(pk=form.customer_id).exists():
        return FormReading(
            None,
            None,
            (
                _at_customer(
                    sheet,
                    "other_desk",
                    _(
                        "This customer belongs to another desk. Send the form to the desk of his region "
                        "(RG-02)."
                    ),
                ),
            ),
        )
    lists = _lists_for(form.customer)
    is_current = sheet.passport.price_list == lists.codes
    if not is_current:
        sheet.problems.append(_outdated(sheet, lists.codes))
    examined = examine_draft(form.customer, _draft_of(sheet), is_form=True)
    draft = examined.priced.draft
    problems = [*sheet.problems, *_in_cells(sheet, examined)]
    if is_current:
        problems += _altered(sheet, examined)
    problems.sort(key=lambda problem: (problem.row, problem.column))
    return FormReading(form.customer, draft, tuple(problems), examined.priced.warnings)


def _form_of(sheet: Sheet) -> OrderForm | None:
    try:
        uid = uuid.UUID(sheet.passport.uid)
    except ValueError as error:
        raise NotOurForm(_("The form's identity is damaged. Download the customer's form again.")) from error
    customers = Customer.objects.with_defaults()
    return (
        OrderForm.objects.filter(uid=uid)
        .select_related("price_list")
        .prefetch_related(Prefetch("customer", customers))
        .first()
    )


def _draft_of(sheet: Sheet) -> OrderDraft:
    return OrderDraft(
        channel=Order.Channel.EXCEL,
        lines=tuple(LineDraft(row.sku, row.quantity, remark=row.remark) for row in sheet.rows),
        customer_po=sheet.customer_po,
        promised_on=sheet.promised_on,
        stated_amount=sheet.stated_amount,
        remarks=sheet.address_remark,
    )


def _at_customer(sheet: Sheet, code: str, detail: str) -> CellProblem:
    return CellProblem(sheet.title, 3, "C", code, detail, sheet.passport.customer)


def _outdated(sheet: Sheet, current: str) -> CellProblem:
    detail = _(
        "The form has the prices of %(issued)s, %(current)s is in force. Download the form again and "
        "copy the quantities."
    ) % {
        "issued": sheet.passport.price_list,
        "current": current,
    }
    return CellProblem(sheet.title, 1, "H", "outdated_form", detail, sheet.passport.price_list)


CELL_OF_FIELD = {
    "customer_po": OPEN_CELLS["customer_po"],
    "stated_amount": OPEN_CELLS["stated_amount"],
    "promised_on": OPEN_CELLS["promised_on"],
    "remarks": OPEN_CELLS["address_remark"],
}
COLUMN_OF_FIELD = {
    "sku": COLUMNS["sku"].letter,
    "quantity": COLUMNS["quantity"].letter,
    "unit_price": COLUMNS["price"].letter,
    "tax_rate": COLUMNS["rate"].letter,
    "remark": COLUMNS["remark"].letter,
}


def _in_cells(sheet: Sheet, examined: Examination) -> list[CellProblem]:
    """The faults of the draft, each at the cell it came from."""
    found = []
    for problem in examined.problems:
        parts = problem.pointer.removeprefix("#/").split("/")
        if parts[0] == "lines" and len(parts) == 3:
            row = sheet.rows[int(parts[1])]
            value = {"sku": row.sku, "quantity": f"{row.quantity:f}", "remark": row.remark}.get(parts[2], "")
            found.append(
                CellProblem(
                    sheet.title,
                    row.row,
                    COLUMN_OF_FIELD.get(parts[2], "H"),
                    problem.code,
                    problem.detail,
                    value[:60],
                )
            )
        else:
            cell = CELL_OF_FIELD.get(parts[0], f"{COLUMNS['quantity'].letter}{FIRST_ROW}")
            found.append(
                CellProblem(sheet.title, row_of(cell), letter_of(cell), problem.code, problem.detail)
            )
    return found


def _altered(sheet: Sheet, examined: Examination) -> list[CellProblem]:
    """Prices that are not those of the list, and a total that is not ours (XL-02)."""
    found = []
    for row in sheet.rows:
        found_price = examined.prices.price_for(row.sku)
        if found_price is not None and row.price != found_price.base_price:
            detail = _(
                "The price was changed: the list says %(price)s. Put it back or ask for a quotation."
            ) % {"price": found_price.base_price}
            found.append(
                CellProblem(
                    sheet.title, row.row, COLUMNS["price"].letter, "price_altered", detail, _figure(row.price)
                )
            )
    total = examined.priced.totals.total
    if (
        not found
        and not examined.problems
        and not sheet.problems
        and sheet.total is not None
        and sheet.total != total
    ):
        detail = _(
            "The form's total is not the sum of its lines, which is %(total)s. Let the spreadsheet "
            "compute again and save it."
        ) % {
            "total": f"{total:,.2f}",
        }
        found.append(
            CellProblem(
                sheet.title,
                row_of(TOTAL_CELL),
                letter_of(TOTAL_CELL),
                "total_differs",
                detail,
                _figure(sheet.total),
            )
        )
    return found


def _figure(value: Any) -> str:
    return "" if value is None else f"{value:f}"
