"""One southern matter as far as it goes, papers of every kind beside it, and everybody who could knock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.apps import apps

from core.clock import today
from core.models import Attachment, CalendarDay, ImportBatch, Job, User
from core.parameters import propose_parameter
from core.roles import roles
from core.tokens import issue_token
from credit.models import BankLine, CreditLimitChange, Remittance
from credit.services.limits import propose_limit
from customers.models import CarePlan, ChangeReport, DeskAssignment, GradeProposal
from customers.services import delegate_desk, report_change, run_grading
from fulfillment.models import DispatchNotice, Shipment
from inventory.models import CustomerPart, StockMovement
from orders.intake.excel_form import issue_order_form
from orders.models import Contract, Enquiry, Order, Quote
from orders.services.placing import place_order
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, draft_of, line_for, slip_for, submitted
from tests.factories import person
from tests.fulfillment.matters import approved, deliver, gone, noticed
from tests.imports.files import PRODUCT_TITLES, opened, workbook
from tests.orders import quotes
from tests.orders.contracts import applied, at_manager
from tests.orders.enquiries.matters import enquiry_of

ABSENT_IN_CAST = ("marketing_manager", "review_clerk")
CAST_OF_ROLE = {
    "sales_assistant": "assistant",
    "salesperson": "rep",
    "sales_manager": "manager",
    "marketing_director": "director",
    "sales_accountant": "accountant",
    "general_manager": "gm",
    "erp_client": "erp",
    "planning": "planner",
    "purchasing": "buyer",
    "engineering": "engineer",
}


@dataclass(frozen=True)
class World:
    """`draft`..`settled` are orders of the southern customer; the others are papers of the settled one."""

    draft: Order
    checking: Order
    in_finance: Order
    fulfilling: Order
    settled: Order
    slip: Remittance
    open_slip: Remittance
    bank_line: BankLine
    open_line: BankLine
    notice: DispatchNotice
    open_notice: DispatchNotice
    shipment: Shipment
    receipt: str
    enquiry: Enquiry
    quote: Quote
    contract: Contract
    open_contract: Contract
    job: Job
    change: ChangeReport
    limit: CreditLimitChange
    proposal: GradeProposal
    care_plan: CarePlan
    cover: DeskAssignment
    people: dict[str, User]

    @property
    def image(self) -> Attachment:
        return self.slip.image


def everybody(cast: Cast) -> dict[str, User]:
    """A person per role, by its slug, and those without one."""
    people = {
        slug: getattr(cast, CAST_OF_ROLE.get(slug, slug)) for slug in roles() if slug not in ABSENT_IN_CAST
    }
    people |= {slug: person(slug, slug) for slug in ABSENT_IN_CAST}
    people["nobody"] = person("nobody")
    people["superuser"] = person("root", is_superuser=True)
    return people


def build_world(cast: Cast, company: Company) -> World:
    shipment = gone(cast, company, approved(cast, company, ("A1023", "2")))
    deliver(cast, shipment)
    shipment.refresh_from_db()
    slip = Remittance.objects.get(status="credited")
    fulfilling = approved(cast, company, ("A1023", "3"))
    checking = submitted(cast, company, ("A1023", "4"))
    open_slip = slip_for(cast, checking)
    issue_token(cast.erp, name="world", scopes=["orders:read"], days=1, actor=cast.admin)
    issue_order_form(company.customer, actor=cast.assistant)
    opened("products", workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", 13)), cast.catalogue)
    propose_parameter("survey.days", "4", effective_from=today(), reason="try", actor=cast.admin)
    CalendarDay.objects.create(day=today(), kind=CalendarDay.Kind.HOLIDAY, name="test")
    return World(
        draft=place_order(company.customer, draft=draft_of(("A1023", "5")), actor=cast.assistant),
        checking=checking,
        in_finance=at_finance(cast, company, submitted(cast, company, ("A1023", "6"))),
        fulfilling=fulfilling,
        settled=Order.objects.get(pk=shipment.order_id),
        slip=slip,
        open_slip=open_slip,
        bank_line=slip.bank_line,
        open_line=line_for(cast, company, open_slip),
        notice=shipment.notice,
        open_notice=noticed(cast, fulfilling),
        shipment=shipment,
        receipt=StockMovement.objects.filter(kind="receipt").values_list("document_number", flat=True)[0],
        enquiry=enquiry_of(cast, company),
        quote=quotes.in_review(cast, company, quotes.line_of("A1023", "1", discount_percent=Decimal(4))),
        contract=applied(cast, company),
        open_contract=at_manager(cast, company),
        job=Job.objects.create(kind="monthly_report", arguments={}, queued_by=cast.manager),
        change=report_change(company.customer, kind="need", description="改用新型号", actor=cast.rep),
        limit=propose_limit(company.customer, new_limit=Decimal("2000.00"), reason="长期合作", actor=cast.rep),
        proposal=run_grading(actor=None).proposals.get(customer=company.customer),
        care_plan=CarePlan.objects.create(customer=company.customer, owner=cast.rep, due_on=today()),
        cover=delegate_desk(
            cast.second_assistant, region=cast.south, starts_on=today(), ends_on=today(), reason="休假",
            actor=cast.manager,
        ),
        people=everybody(cast),
    )  # fmt: skip


def arguments_of(name: str, world: World, company: Company) -> list[Any]:
    """What the address of a route is filled with."""
    name = name.removeprefix("api-").replace("-", "_")
    if name == "file":
        return [world.image.uid]
    if name == "job":
        return [world.job.uid]
    if name == "part_remove":
        part, _new = CustomerPart.objects.get_or_create(
            customer=company.customer, product=company.motor, part_number="HX-MATRIX"
        )
        return [part.pk]
    if name == "my_token_revoke":
        owner = world.people["sales_manager"]
        token = (
            owner.api_tokens.first()
            or issue_token(owner, name="own", scopes=["orders:read"], actor=owner).token
        )
        return [token.prefix]
    if re.match(r"customer_(contact|address)(?!s|es)", name) and not name.endswith("_new"):
        own = company.customer.contacts if "contact" in name else company.customer.addresses
        return [company.customer.number, own.order_by("pk").values_list("pk", flat=True)[0]]
    named: dict[str, str] = {
        "receipt": world.receipt,
        "import_template": "products",
        "work_pile": "drafts",
        "monthly_rows": "orders",
        "product": company.motor.sku,
        "price_list": company.price_list.code,
        "price_list_approve": company.price_list.code,
        "price_list_withdraw": company.price_list.code,
        "price_list_copy": company.price_list.code,
        "product_edit": company.motor.sku,
        "product_discontinue": company.motor.sku,
        "product_reactivate": company.motor.sku,
        "product_part_new": company.motor.sku,
        "dispatch_notice_new": world.fulfilling.number,
        "remittance_new": world.checking.number,
        "order_edit": world.draft.number,
        "delivery_note": world.shipment.number,
        "gate_pass_paper": world.shipment.number,
        "pick_list": world.shipment.number,
        "customer_change_apply": world.change.number,
        "customer_change_withdraw": world.change.number,
        "grading_run": world.proposal.run.number,
        "grading_confirm": world.proposal.run.number,
        "grade_proposal": world.proposal.pk,
        "grade_confirm": world.proposal.pk,
        "grade_keep": world.proposal.pk,
        "care_plan_write": world.care_plan.pk,
        "desk_delegation_end": world.cover.pk,
        "credit_limit_new": company.customer.number,
        "credit_note_new": company.customer.number,
    }
    if name in named:
        return [named[name]]
    if name.startswith("import_"):
        return [ImportBatch.objects.values_list("number", flat=True)[0]]
    kinds = {
        "customer": company.customer.number,
        "order": world.settled.number,
        "enquiry": world.enquiry.number,
        "remittance": world.slip.number,
        "dispatch_notice": world.notice.number,
        "shipment": world.shipment.number,
        "contract": world.contract.number,
        "quote": world.quote.number,
        "credit_limit": world.limit.number,
    }
    return [next(number for kind, number in kinds.items() if name.startswith(kind))]


def one_of_each() -> dict[str, Any]:
    """A row of every kind that the administration shows, by its label."""
    from tests.security.matrix import ADMIN

    return {label: apps.get_model(label)._default_manager.order_by("pk").first() for label in ADMIN}
