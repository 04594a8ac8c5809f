"""One matter at every stage between the draft and the signed delivery, and the pages where it is worked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from aftersales.models import Survey
from config.roles import ROLES
from core.clock import BUSINESS_ZONE, now, today
from core.models import Attachment, User
from core.numbering import next_number
from credit.models import Remittance
from credit.services.reviews import pass_rep, reject_order
from customers.models import Address, Contact, Customer, Region
from inventory.models import StockMovement
from orders.contracts.services import approve_manager
from orders.models import Contract, ContractSignature, CustomerConfirmation, Enquiry, Order
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import at_finance, checked, fresh, line_for, slip_for, submitted
from tests.fulfillment.matters import approved, deliver, gone, goods_traces, noticed, picked, ready, signed
from tests.nasty import PageForm
from tests.orders.contracts import (
    applied,
    at_countersigning,
    at_manager,
    contract_draft,
    framework_draft,
    fresh_contract,
    in_force,
    sealed,
)
from tests.orders.drafts import placed


@dataclass(frozen=True)
class Stages:
    """By name of the stage: the order; beside them the papers that stand on the way."""

    orders: dict[str, Order]
    slip: Remittance
    papers: dict[str, str]
    contracts: dict[str, Contract]

    def pages(self) -> Iterator[str]:
        """Every page with something to press or type, from the order book to the gate."""
        for order in self.orders.values():
            yield f"/orders/{order.number}/"
        draft, checking, free = (self.orders[name].number for name in ("draft", "checking", "approved"))
        yield from (f"/orders/{draft}/edit/", f"/orders/{draft}/confirm/")
        yield from (f"/orders/{checking}/remittances/new/", f"/orders/{free}/dispatch/")
        yield from (self.slip.get_absolute_url(), "/remittances/", "/bank-lines/", "/reviews/")
        yield from self.papers.values()
        for contract in self.contracts.values():
            yield f"/contracts/{contract.number}/"
        applied_for, to_register = (self.contracts[name].number for name in ("draft", "sealed"))
        yield from (f"/contracts/{applied_for}/edit/", f"/contracts/{to_register}/register/")
        special = self.contracts["special_review"].number
        yield from (f"/contracts/{special}/sign/production/", f"/orders/{draft}/contract/")
        yield from ("/contracts/", "/contracts/queue/", "/contracts/new/")
        customer = self.orders["draft"].customer.get_absolute_url()
        yield from (customer, f"{customer}edit/", f"{customer}terms/", f"{customer}contacts/new/")
        yield from (f"{customer}addresses/new/", "/customers/new/", "/orders/new/", "/orders/upload/")
        yield from ("/orders/", "/customers/", "/stock/", "/stock/receive/", "/dispatch/", "/surveys/", "/")
        yield from ("/enquiries/", "/enquiries/new/", "/enquiries/figures/")
        for enquiry in Enquiry.objects.order_by("pk"):
            page = enquiry.get_absolute_url()
            yield from (
                page,
                *(f"{page}{step}/" for step in ("edit", "confirm", "close", "reassign", "link")),
            )
        yield from ("/reports/monthly/", "/palette/", "/reports/monthly/orders/", "/remittances/?status=void")


SPARE = {"auditor", "admin", "cfo", "marketing_manager", "general_manager"}
"""Posts that open no further form; all of them together would not fit into an event's list of roles."""


def everyone() -> User:
    """One person with nearly every post, who has touched nothing yet: only a document's state stops them."""
    posts = [role.slug for role in ROLES if not role.is_for_clients and role.slug not in SPARE]
    desks = tuple(Region.objects.all())
    return factories.person("jack", *posts, desks=desks, display_name="多面手")


def stages_of(cast: Cast, company: Company) -> Stages:
    while next_number("C", yearly=True) < company.northern_customer.number:
        pass  # the factories number customers themselves
    orders = {
        "draft": placed(company, cast.assistant),
        "checking": submitted(cast, company),
        "rep_review": checked(cast, company),
        "finance_review": at_finance(cast, company),
        "approved": approved(cast, company),
        "noticed": approved(cast, company),
        "picking": approved(cast, company),
        "picked": approved(cast, company),
        "checked": approved(cast, company),
        "gone": approved(cast, company),
        "settled": approved(cast, company),
    }
    orders["manager_review"] = checked(cast, company)
    pass_rep(orders["manager_review"], version=orders["manager_review"].version, actor=cast.rep)
    orders["rejected"] = checked(cast, company)
    reject_order(orders["rejected"], reason="价格有误", version=orders["rejected"].version, actor=cast.rep)
    orders["funded"] = submitted(cast, company)
    slip = slip_for(cast, orders["funded"])
    line_for(cast, company, slip)
    notice = noticed(cast, orders["noticed"])
    picking, in_check = signed(cast, orders["picking"]), picked(cast, orders["picked"])
    at_gate, on_road = ready(cast, orders["checked"]), gone(cast, company, orders["gone"])
    deliver(cast, gone(cast, company, orders["settled"]))
    papers = {
        "notice": notice.get_absolute_url(),
        "picking": picking.get_absolute_url(),
        "pick": f"{picking.get_absolute_url()}pick/",
        "picked": in_check.get_absolute_url(),
        "check": f"{in_check.get_absolute_url()}check/",
        "checked": at_gate.get_absolute_url(),
        "gate": f"/gate/?pass={at_gate.gate_pass.number}",
        "gone": on_road.get_absolute_url(),
        "proof": f"{on_road.get_absolute_url()}proof/",
    }
    special = at_manager(cast, company, contract_draft(is_over_capacity=True))
    approve_manager(special, actor=cast.manager)
    contracts = {
        "draft": applied(cast, company),
        "manager_review": at_manager(cast, company),
        "special_review": special,
        "countersigning": at_countersigning(cast, company),
        "sealed": sealed(cast, company),
        "in_force": in_force(cast, company, framework_draft()),
    }
    now_so = {name: fresh_contract(contract) for name, contract in contracts.items()}
    return Stages({name: fresh(order) for name, order in orders.items()}, slip, papers, now_so)


SHELL = ("/language/", "/theme/", "/logout/", "/single-keys/")


def filled(form: PageForm, company: Company, number: int = 0) -> dict[str, Any]:
    """What a person would type into this form, everything else as the page gave it. Files are new each time."""
    reason, customer = "客户来电要求", company.customer
    typed = {
        "note": reason, "reason": reason, "payer": customer.name, "bank": "中国银行", "reference": f"T{number:05d}",
        "confirmed_by": "王芳", "signer": "王芳", "tracking_number": "SF7", "amount": "1.00", "cost": "12.00",
        "name": f"新客户{number}有限公司", "uscc": factories.uscc_number(900 + number), "industry": "电子",
        "contact_name": "李娜", "contact_title": "经理", "contact_phone": "0571-55500123",
        "address_province": "浙江省", "address_city": "杭州市", "address_detail": "文一西路 2 号",
        "region": str(customer.region_id), "salesperson": str(customer.salesperson_id), "customer": customer.number,
        "line-0-sku": "A1023", "line-0-quantity": "2", "promised_on": "+7", "channel": "fax",
        "sku_1": "A1023", "quantity_1": "10", "batch_1": "B2026-01", "carrier": str(company.carrier.pk),
        "sku_2": "B2040", "quantity_2": "7", "batch_2": "B2026-01", "account": str(company.bank_account.pk),
        "signed_at": f"{now().astimezone(BUSINESS_ZONE):%Y-%m-%dT%H:%M}", "booked_on": f"{today()}",
        "row-0-sku": "A1023", "row-0-quantity": "3", "row-0-batch": "B9", "row-0-certificate": "QC-9",
        "quality": "5", "timeliness": "4", "attitude": "5",
    }  # fmt: skip
    data: dict[str, Any] = form.data()
    if "stated_amount" in data and not data["stated_amount"][0]:
        data["stated_amount_absent"] = ["on"]
    for name in data:
        if name in typed and (not data[name][0] or name in ("note", "signed_at")):
            data[name] = [typed[name]]
    for name in form.files:
        data[name] = SimpleUploadedFile("水单.png", factories.png(size=(60 + number, 40)), "image/png")
    return data


def everything() -> dict[str, object]:
    """All that a second click must leave as it was; refusals and uploads may be kept beside it."""
    models = (
        Contract,
        ContractSignature,
        Customer,
        Contact,
        Address,
        CustomerConfirmation,
        StockMovement,
        Survey,
        Remittance,
    )
    rows: dict[str, object] = {
        model.__name__: list(model.objects.order_by("pk").values()) for model in models
    }
    attached = Attachment.objects.exclude(document_number="").count()
    return {**rows, **goods_traces(), "attached": attached, "today": today()}
