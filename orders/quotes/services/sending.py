"""The quotation goes out: its paper is made once, kept, and sent in the customer's language (QT-01)."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from core.attachments import attach_to, store_attachment
from core.clock import now
from core.errors import FieldProblem, InvalidInput
from core.models import Attachment, User
from core.transactions import unit_of_work
from core.workflow import require_version
from orders.models import Quote
from orders.papers import quote_pdf
from orders.quotes.services.guards import facts_of, require_valid
from orders.quotes.workflow import QUOTE_WORKFLOW
from orders.warnings import DraftWarning


def send_quote(
    quote: Quote, *, to: str = "", note: str = "", actor: User, version: int | None = None
) -> Quote:
    """Send a cleared quotation that is still valid (QT-01, QT-02, QT-04, EN-02).

    The paper is rendered outside the transaction and kept as it went out; whoever changed the quotation
    meanwhile makes this refuse. `to` instead of the quotation's own business e-mail address; without any
    address the paper is handed over otherwise, and only the sending is recorded. A demand note that the
    customer has not confirmed is a warning kept with the act, no obstacle.
    """
    seen = Quote.objects.for_display().get(pk=quote.pk)
    require_version(seen, version)
    QUOTE_WORKFLOW.require(seen, "send", actor=actor)
    require_valid(seen)
    address = _address(seen, to.strip())
    paper = ContentFile(quote_pdf(seen, language=seen.language), name=f"{seen.number}.pdf")
    kept = store_attachment(paper, kind="sent_paper", actor=actor, allowed=("pdf",))
    return _send(seen, to=address, paper=kept, note=note, actor=actor, version=seen.version)


@unit_of_work
def _send(quote: Quote, *, to: str, paper: Attachment, note: str, actor: User, version: int) -> Quote:
    quote = Quote.objects.locked().select_related("enquiry").get(pk=quote.pk)
    require_version(quote, version)
    QUOTE_WORKFLOW.require(quote, "send", actor=actor)
    require_valid(quote)
    attach_to(paper, quote)
    warnings = [warning.kept() for warning in sending_warnings(quote)]
    data = {**facts_of(quote), "sent_to": to, "paper": paper.sha256, "warnings": warnings}
    changes = {"sent_at": now(), "sent_to": to, "sent_paper": paper}
    QUOTE_WORKFLOW.move(quote, "send", actor=actor, note=note, data=data, changes=changes)
    return quote


def sending_warnings(quote: Quote) -> list[DraftWarning]:
    """What to look at before it goes out: the demand note is not confirmed by the customer (EN-02)."""
    enquiry = quote.enquiry
    if enquiry is None or enquiry.is_demand_confirmed:
        return []
    return [DraftWarning("#/enquiry", "demand_not_confirmed", "EN-02", {"number": enquiry.number})]


def _address(quote: Quote, to: str) -> str:
    if not to:
        return quote.contact_email
    try:
        validate_email(to)
    except ValidationError as error:
        detail = _("This is not an e-mail address. Correct it or leave it empty.")
        raise InvalidInput(detail, problems=[FieldProblem("#/to", "bad_email", detail)]) from error
    return to
