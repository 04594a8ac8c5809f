"""Who may fetch the image of a slip: whoever may see the customer's slips (AU-03)."""

from __future__ import annotations

from core.attachments import register_file_scope
from core.models import Attachment, User
from credit.models import Remittance


def may_fetch_slip_file(user: User, attachment: Attachment) -> bool:
    slips = Remittance.objects.visible_to(user, permission="credit.view")
    return user.may("credit.view") and slips.filter(number=attachment.document_number).exists()


def register() -> None:
    register_file_scope(Remittance.document_type, may_fetch_slip_file, resource="remittances")
