"""The demand note (初步需求文档): what we understood, for the customer to confirm (EN-01, EN-02). No prices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy, pgettext_lazy

from core.company import CompanyDetails, company_details
from core.papers import render_pdf
from core.templatetags.figures import quantity_text
from orders.models import Enquiry, EnquiryLine
from orders.papers import parts
from orders.papers.wording import CHINESE, Wording, breakable

TEMPLATE = "print/orders/demand_note.typ"
COLUMNS = {
    "no": pgettext_lazy("head of a narrow column", "No."),
    "product": gettext_lazy("Product asked for"),
    "spec": gettext_lazy("Specification"),
    "quantity": gettext_lazy("Qty"),
    "unit": gettext_lazy("Unit"),
}


def demand_note(enquiry: Enquiry) -> bytes:
    """The paper, in the customer's language; a prospect's in Chinese. Three statements, however many lines."""
    language = enquiry.customer.language if enquiry.customer is not None else CHINESE
    lines = list(enquiry.lines.all())
    return render_pdf(TEMPLATE, demand_data(enquiry, lines, company_details(), Wording(language)))


def demand_data(
    enquiry: Enquiry, lines: Sequence[EnquiryLine], company: CompanyDetails, say: Wording
) -> dict[str, Any]:
    """What the template prints: texts only."""
    return {
        **parts.frame(say, company, title=gettext_lazy("Demand note"), number=enquiry.number),
        "customer": parts.facts(
            say,
            [
                (gettext_lazy("Customer"), enquiry.asked_by),
                (gettext_lazy("Contact"), enquiry.contact_name),
                (gettext_lazy("Phone"), enquiry.contact_phone),
                (gettext_lazy("E-mail"), enquiry.contact_email),
            ],
        ),
        "facts": parts.facts(
            say,
            [
                (gettext_lazy("Came in at"), f"{localtime(enquiry.received_at):%Y-%m-%d}"),
                (gettext_lazy("Wanted by"), enquiry.wanted_on or ""),
                (gettext_lazy("Our contact"), enquiry.owner.display_name),
            ],
        ),
        "columns": [{"key": key, "label": say(label)} for key, label in COLUMNS.items()],
        "rows": [_cells(line) for line in lines],
        "needs_title": say(gettext_lazy("Special needs")),
        "needs": breakable(enquiry.special_needs),
        "request": say(
            gettext_lazy("Please check this note and confirm it, or tell us what is different."), "\n"
        ),
        "signatures": [
            {
                "title": say(gettext_lazy("Customer's confirmation")),
                "name": enquiry.asked_by,
                "fields": [say(gettext_lazy("Confirmed by")), say(gettext_lazy("Date"))],
            }
        ],
        "seal": say(gettext_lazy("(stamp)")),
    }


def _cells(line: EnquiryLine) -> list[str]:
    code = f"{line.product.sku} " if line.product is not None else ""
    quantity = quantity_text(line.quantity) if line.quantity is not None else "—"
    return [
        str(line.line_no),
        breakable(f"{code}{line.description}"),
        breakable(line.spec),
        quantity,
        line.unit,
    ]
