"""Enquiries as tests need them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from core.models import User
from orders.enquiries.drafts import EnquiryDraft, EnquiryLineDraft
from orders.enquiries.services import open_enquiry
from orders.models import Enquiry
from tests.conftest import Cast, Company


def asked(sku: str = "A1023", quantity: str | None = "10", **more: Any) -> EnquiryLineDraft:
    return EnquiryLineDraft(sku=sku, quantity=Decimal(quantity) if quantity else None, **more)


def draft_for(company: Company | None = None, *lines: EnquiryLineDraft, **more: Any) -> EnquiryDraft:
    """Of the southern customer; without a company, of a prospect."""
    given: dict[str, Any] = {"channel": "phone", "lines": lines or (asked(),)}
    given |= {"customer": company.customer} if company is not None else {"prospect_name": "宁波海天机械厂"}
    return EnquiryDraft(**{**given, **more})


def enquiry_of(cast: Cast, company: Company, *, actor: User | None = None, **more: Any) -> Enquiry:
    return open_enquiry(draft=draft_for(company, **more), actor=actor or cast.rep)


def prospect_of(cast: Cast, *, actor: User | None = None, **more: Any) -> Enquiry:
    given = {"region": cast.south, "contact_name": "赵工", "contact_phone": "0574-8765 4321"}
    lines = more.pop(
        "lines", (EnquiryLineDraft(description="减速机", spec="1:50", quantity=Decimal(2), unit="台"),)
    )
    return open_enquiry(draft=draft_for(None, *lines, **{**given, **more}), actor=actor or cast.assistant)
