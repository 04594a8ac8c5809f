"""Who may fetch a signed proof: whoever may see the shipment (RG-02, AU-03)."""

from __future__ import annotations

from core.attachments import register_file_scope
from core.models import Attachment, User
from fulfillment.models import Shipment


def may_fetch_proof(user: User, attachment: Attachment) -> bool:
    if not user.may("fulfillment.view"):
        return False
    return (
        Shipment.objects.visible_to(user, permission="fulfillment.view")
        .filter(number=attachment.document_number)
        .exists()
    )


def register() -> None:
    register_file_scope(Shipment.document_type, may_fetch_proof, resource="dispatch")
