"""Signed proof of delivery: the quantities add up, the receivable is posted (DL-01..DL-03)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.utils.translation import gettext as _

from core.attachments import attach_to
from core.clock import local_date, now
from core.errors import Problems
from core.models import Attachment, User
from core.numbering import next_numbers
from core.sql import insert_rows
from core.trail import events_together
from core.transactions import unit_of_work
from credit.services.receivables import SignedLine, lock_account, post_delivery
from fulfillment.drafts import Arrival
from fulfillment.figures import figure, has_more_places
from fulfillment.models import DeliveryLine, DeliveryProof, Shipment, ShipmentLine
from fulfillment.services.warehouse import open_for, refuse_line_numbers
from fulfillment.workflow import SHIPMENT_WORKFLOW

PROOF_TYPES = ("image/jpeg", "image/png", "application/pdf")


def record_delivery(
    shipment: Shipment,
    *,
    image: Attachment,
    signer: str,
    signed_at: datetime,
    lines: Mapping[int, Arrival],
    note: str = "",
    actor: User,
    version: int | None = None,
) -> DeliveryProof:
    """Record who signed for what and when; good quantities are posted on the local day of signing (DL-03).

    Short and damaged quantities keep the order open (DL-02). Locks the customer account, the order and the
    shipment. Raises InvalidInput listing every line that does not add up; then nothing is saved.
    """
    number, posting_number = next_numbers("DP", "PT")
    return write_delivery_proof(
        shipment,
        number=number,
        posting_number=posting_number,
        image=image,
        signer=signer,
        signed_at=signed_at,
        lines=lines,
        note=note,
        actor=actor,
        version=version,
    )


@unit_of_work
def write_delivery_proof(
    shipment: Shipment,
    *,
    number: str,
    posting_number: str,
    image: Attachment,
    signer: str,
    signed_at: datetime,
    lines: Mapping[int, Arrival],
    note: str,
    actor: User,
    version: int | None,
) -> DeliveryProof:
    account = lock_account(shipment.order.customer_id)
    shipment = open_for(shipment, "deliver", actor=actor, version=version)
    shipped = list(shipment.lines.select_related("order_line__product").order_by("line_no"))
    _refuse_bad_proof(shipment, image, signer, signed_at, shipped, lines)
    proof = DeliveryProof(
        number=number,
        shipment=shipment,
        image=image,
        signer=signer.strip(),
        signed_at=signed_at,
        signed_on=local_date(signed_at),
        note=note.strip(),
        recorded_by=actor,
    )
    proof.save(force_insert=True)
    insert_rows(DeliveryLine, [_delivery_row(proof, line, lines[line.line_no]) for line in shipped])
    attach_to(image, shipment)
    missing = [line.line_no for line in shipped if lines[line.line_no].missing]
    facts = {
        "proof": number,
        "signer": proof.signer,
        "signed_on": str(proof.signed_on),
        "exception_lines": missing,
    }
    with events_together():
        SHIPMENT_WORKFLOW.move(shipment, "deliver", actor=actor, note=note, data=facts)
        post_delivery(
            shipment.order,
            number=posting_number,
            source_number=number,
            lines=[
                SignedLine(line.order_line, lines[line.line_no].good, lines[line.line_no].missing)
                for line in shipped
            ],
            signed_on=proof.signed_on,
            actor=actor,
            account=account,
        )
    return proof


def _delivery_row(proof: DeliveryProof, line: ShipmentLine, arrival: Arrival) -> dict[str, object]:
    return {
        "proof": proof,
        "shipment_line": line,
        "good": arrival.good,
        "short": arrival.short,
        "damaged": arrival.damaged,
    }


def _refuse_bad_proof(
    shipment: Shipment,
    image: Attachment,
    signer: str,
    signed_at: datetime,
    shipped: Sequence[ShipmentLine],
    lines: Mapping[int, Arrival],
) -> None:
    problems = Problems()
    if image.content_type not in PROOF_TYPES:
        problems.add("#/file", "wrong_type", _("The signed proof must be a JPG, PNG or PDF file."))
    if not signer.strip():
        problems.add("#/signer", "required", _("Enter who signed."))
    elif len(signer.strip()) > 60:
        problems.add("#/signer", "too_long", _("A name has at most 60 characters."))
    if signed_at > now():
        problems.add("#/signed_at", "in_future", _("The time of signing lies in the future. Correct it."))
    elif shipment.gone_at and signed_at < shipment.gone_at.replace(second=0, microsecond=0):
        problems.add(
            "#/signed_at", "before_dispatch", _("The goods had not left yet at that time. Correct it.")
        )
    refuse_line_numbers(shipped, lines, problems)
    by_number = {line.line_no: line for line in shipped}
    for index, (line_no, arrival) in enumerate(lines.items()):
        if line_no in by_number:
            _refuse_wrong_sum(by_number[line_no], arrival, problems, f"#/lines/{index}")
    problems.raise_if_any(rule="DL-01")


def _refuse_wrong_sum(line: ShipmentLine, arrival: Arrival, problems: Problems, pointer: str) -> None:
    places = line.order_line.product.unit_decimals
    for name in ("good", "short", "damaged"):
        quantity: Decimal = getattr(arrival, name)
        if quantity < 0 or has_more_places(quantity, places):
            problems.add(
                f"{pointer}/{name}",
                "invalid_quantity",
                _("Line %(line)s: enter 0 or more, in whole steps of the unit.") % {"line": line.line_no},
            )
            return
    if arrival.total != line.checked:
        problems.add(
            f"{pointer}/good",
            "does_not_add_up",
            _("Line %(line)s: good, short and damaged make %(total)s, but %(shipped)s were dispatched.")
            % {"line": line.line_no, "total": figure(arrival.total), "shipped": figure(line.checked)},
        )
