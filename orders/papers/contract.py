"""销售合同 and 合同申报单: the paper both parties sign and the application it began with (CT-01, CT-03)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.company import CompanyDetails, company_details
from core.models import Attachment
from core.papers import render_pdf
from orders.contracts.clauses import CLAUSES
from orders.models import Contract, ContractLine, ContractSignature
from orders.papers import parts
from orders.papers.wording import Wording, figure

CONTRACT_TEMPLATE = "print/orders/contract.typ"
APPLICATION_TEMPLATE = "print/orders/application.typ"
TITLES = {
    Contract.Kind.INDIVIDUAL: gettext_lazy("Sales contract"),
    Contract.Kind.FRAMEWORK: gettext_lazy("Framework sales contract"),
    Contract.Kind.CONFIRMATION: gettext_lazy("Order confirmation letter"),
    Contract.Kind.SUPPLEMENT: gettext_lazy("Supplementary agreement"),
}


def contract_pdf(contract: Contract, *, language: str = "") -> bytes:
    """The paper both parties sign. Language zh-hans, en or both; the contract's own by default.

    Six statements, however many lines.
    """
    say = Wording(language or contract.language)
    lines = list(contract.lines.order_by("line_no"))
    company = company_details(contract.currency)
    return render_pdf(CONTRACT_TEMPLATE, contract_data(contract, lines, company, say))


def contract_data(
    contract: Contract, lines: Sequence[ContractLine], company: CompanyDetails, say: Wording
) -> dict[str, Any]:
    """What the template prints: texts and figures only."""
    return {
        **parts.frame(say, company, title=TITLES[Contract.Kind(contract.kind)], number=contract.number),
        "facts": _head(contract, say),
        "parties": _parties(contract, company, say),
        "opening": say.each(lambda: _opening(contract)),
        "subject": contract.title,
        "products_title": say(gettext_lazy("List of products")),
        "table": parts.table(say, lines, contract.currency) if lines else None,
        "totals": _totals(contract, say) if lines else [],
        "words": None if contract.amount is None else parts.in_words(say, contract.amount, contract.currency),
        "terms": _terms(contract, say),
        "clauses_title": say(gettext_lazy("Clauses")),
        "clauses": [
            {"heading": say(heading), "lines": str(contract.clauses.get(slug, "")).splitlines() or ["—"]}
            for slug, heading in CLAUSES.items()
        ],
        "attachments_title": say(gettext_lazy("Attachments")),
        "attachments": _attachments(contract, say),
        "closing": say.each(lambda: _closing()),
        "bank_title": say(gettext_lazy("Bank details")),
        "bank": parts.bank_facts(say, company),
        "signatures": _signatures(contract, company, say),
        "seal": say(gettext_lazy("(stamp)")),
    }


def _head(contract: Contract, say: Wording) -> parts.Facts:
    main = contract.supplement_to
    return parts.facts(
        say,
        [
            (gettext_lazy("Contract no."), contract.number),
            (gettext_lazy("Supplement to"), main.number if main else ""),
            (gettext_lazy("Signed on"), parts.day_text(contract.signed_on)),
            (gettext_lazy("Valid"), _validity(contract)),
            (gettext_lazy("Currency"), contract.currency),
        ],
    )


def _validity(contract: Contract) -> str:
    begins, ends = parts.day_text(contract.valid_from), parts.day_text(contract.valid_until)
    return f"{begins or '…'} – {ends or '…'}" if begins or ends else ""


def _parties(contract: Contract, company: CompanyDetails, say: Wording) -> list[dict[str, Any]]:
    customer = contract.customer
    contact, address = customer.default_contact, customer.default_address
    return [
        {
            "title": say(gettext_lazy("Party A (buyer)")),
            "name": customer.name,
            "facts": parts.facts(
                say,
                [
                    (gettext_lazy("Unified social credit code"), customer.uscc),
                    (gettext_lazy("Address"), address or ""),
                    (gettext_lazy("Contact"), contact.name if contact else ""),
                    (gettext_lazy("Phone"), contact.phone if contact else ""),
                ],
            ),
        },
        {
            "title": say(gettext_lazy("Party B (seller)")),
            "name": parts.names_of_company(say, company),
            "facts": parts.facts(
                say,
                [
                    (gettext_lazy("Unified social credit code"), company.uscc),
                    (gettext_lazy("Address"), company.address_in(say.leading)),
                    (gettext_lazy("Contact"), contract.salesperson.display_name),
                    (gettext_lazy("Phone"), company.phone),
                ],
            ),
        },
    ]


def _opening(contract: Contract) -> str:
    main = contract.supplement_to
    if main:
        return _(
            "The parties agree on the following supplement to contract %(number)s. What is not changed here "
            "remains in force."
        ) % {"number": main.number}
    return _("The parties have agreed as follows on the sale and purchase of the products below.")


def _closing() -> str:
    return _(
        "This contract is made in two originals of equal force, one for each party, and takes effect when both "
        "have signed and stamped it."
    )


def _totals(contract: Contract, say: Wording) -> list[dict[str, Any]]:
    if contract.amount is None:
        return []
    return parts.totals(say, contract, contract.amount)


def _terms(contract: Contract, say: Wording) -> list[dict[str, Any]]:
    rows = [
        (gettext_lazy("Payment terms"), say.each(lambda: parts.payment_terms(contract, contract.amount))),
        (gettext_lazy("Sales policy applied"), [contract.policy_basis]),
        (gettext_lazy("Terms that differ"), contract.nonstandard_terms.splitlines()),
    ]
    return [{"label": say(label, "\n"), "lines": texts} for label, texts in rows if any(texts)]


def _attachments(contract: Contract, say: Wording) -> list[str]:
    """The files that belong to the contract, but for the signed copy itself; the list of products first."""
    files = Attachment.objects.filter(
        document_type=Contract.document_type, document_number=contract.number
    ).exclude(pk=contract.scan_id or 0)
    return [file.name for file in files]


def _signatures(contract: Contract, company: CompanyDetails, say: Wording) -> list[dict[str, Any]]:
    fields = [say(gettext_lazy("Authorised representative")), say(gettext_lazy("Date"))]
    return [
        {"title": say(gettext_lazy("Party A (buyer)")), "name": contract.customer.name, "fields": fields},
        {
            "title": say(gettext_lazy("Party B (seller)")),
            "name": parts.names_of_company(say, company),
            "fields": fields,
        },
    ]


def application_pdf(contract: Contract, *, language: str = "") -> bytes:
    """合同申报单: what is applied for and who has signed it so far (CT-01). Five statements."""
    say = Wording(language or contract.language)
    company = company_details(contract.currency)
    lines = list(contract.lines.order_by("line_no"))
    signed = {
        one.part: one
        for one in contract.signatures.filter(round=contract.round).select_related("actor").order_by("id")
    }
    data = {
        **parts.frame(
            say, company, title=gettext_lazy("Contract application form"), number=contract.number
        ),
        "facts": _applied_for(contract, say),
        "texts": [
            {"label": say(label, "\n"), "lines": [text for text in texts if text]}
            for label, texts in _application_texts(contract, say)
            if any(texts)
        ],
        "products_title": say(gettext_lazy("List of products")),
        "table": parts.table(say, lines, contract.currency) if lines else None,
        "totals": _totals(contract, say) if lines else [],
        "words": None
        if contract.amount is None
        else parts.in_words(say, contract.amount, contract.currency),
        "review_title": say(gettext_lazy("Review")),
        "review_columns": [
            say(label) for label in (
                gettext_lazy("Signed as"), gettext_lazy("Opinion"), gettext_lazy("person's name"),
                gettext_lazy("Date"),
            )
        ],
        "review": [_signed(part, signed.get(part), say) for part in _parts_needed(contract)],
    }  # fmt: skip
    return render_pdf(APPLICATION_TEMPLATE, data)


def _applied_for(contract: Contract, say: Wording) -> parts.Facts:
    amount = "—" if contract.amount is None else f"{contract.currency} {figure(contract.amount)}"
    return parts.facts(
        say,
        [
            (gettext_lazy("Contract no."), contract.number),
            (gettext_lazy("Kind"), say(lambda: str(contract.get_kind_display()))),
            (gettext_lazy("Customer"), f"{contract.customer.name} {contract.customer.number}"),
            (gettext_lazy("Subject"), contract.title),
            (gettext_lazy("Amount, tax included"), amount),
            (gettext_lazy("Valid"), _validity(contract)),
            (gettext_lazy("Applied for by"), contract.salesperson.display_name),
            (
                gettext_lazy("Applied on"),
                f"{localtime(contract.submitted_at or contract.created_at):%Y-%m-%d}",
            ),
            (gettext_lazy("Quotation no."), contract.quote.number if contract.quote else ""),
        ],
    )


def _application_texts(contract: Contract, say: Wording) -> list[tuple[Any, list[str]]]:
    special = [
        say(label)
        for is_so, label in (
            (contract.is_nonstandard_product, gettext_lazy("Non-standard product")),
            (contract.has_new_requirements, gettext_lazy("New quality or technical needs")),
            (contract.is_over_capacity, gettext_lazy("Over capacity")),
        )
        if is_so
    ]
    return [
        (gettext_lazy("Order intention"), contract.order_intention.splitlines()),
        (gettext_lazy("Sales policy applied"), [contract.policy_basis]),
        (gettext_lazy("Payment terms"), say.each(lambda: parts.payment_terms(contract, contract.amount))),
        (gettext_lazy("Terms that differ"), contract.nonstandard_terms.splitlines()),
        (gettext_lazy("Special contract"), special),
    ]


def _parts_needed(contract: Contract) -> list[str]:
    """The signatures the form asks for, in the order of the procedure (CT-01, CT-03, CT-06)."""
    part = ContractSignature.Part
    special = [part.TECHNICAL, part.QC, part.PRODUCTION, part.PRICE] if contract.is_special else []
    legal = [part.LEGAL] if contract.needs_legal_review else []
    return [
        str(one) for one in (part.MANAGER, *special, part.GM, *legal, part.SALES, part.FINANCE, part.SEAL)
    ]


def _signed(part: str, signature: ContractSignature | None, say: Wording) -> list[str]:
    label = say(lambda: str(ContractSignature.Part(part).label))
    if signature is None:
        return [label, "", "", ""]
    promised = (
        say(lambda: _("Can deliver on %(day)s") % {"day": signature.promised_on})
        if signature.promised_on
        else ""
    )
    opinion = " ".join(text for text in (signature.note, promised) if text)
    return [label, opinion, signature.actor.display_name, f"{localtime(signature.at):%Y-%m-%d}"]
