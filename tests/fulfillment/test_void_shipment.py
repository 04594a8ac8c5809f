"""DS-01: nothing can be picked, so the shipment and its notice are withdrawn and the goods go on another."""

from __future__ import annotations

from decimal import Decimal

import pytest

from core.errors import BusinessError, InvalidInput, PermissionDenied, StaleVersion, TransitionNotAllowed
from core.models import Event
from fulfillment.models import DispatchNotice, Shipment
from fulfillment.services import make_dispatch_notice, send_back, void_shipment
from tests.api.clients import client_for
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.fulfillment.matters import approved, deliver, gone, goods_traces, levels, picked, signed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

D = Decimal
REASON = "货架上没有可拣的货"


@pytest.mark.rule("DS-01")
def test_the_goods_of_a_void_shipment_go_on_another_notice(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    shipment = signed(cast, order)
    held = levels()

    void_shipment(shipment, reason=REASON, actor=cast.assistant, version=shipment.version)

    shipment = Shipment.objects.get(pk=shipment.pk)
    assert (shipment.status, shipment.notice.status) == ("void", "void")
    assert levels() == held
    again = make_dispatch_notice(fresh(order), lines=None, actor=cast.assistant)
    assert list(again.lines.values_list("quantity", flat=True)) == [D(10), D(7)]
    told = Event.objects.filter(document_number__in=(shipment.number, shipment.notice.number))
    assert [(event.name, event.note) for event in told.order_by("id")][-2:] == [
        ("void", REASON),
        ("withdraw", REASON),
    ]


@pytest.mark.rule("DS-01")
def test_an_order_is_completed_over_a_shipment_that_was_void(cast: Cast, company: Company) -> None:
    order = approved(cast, company)
    void_shipment(signed(cast, order), reason=REASON, actor=cast.assistant)

    deliver(cast, gone(cast, company, fresh(order)))

    assert fresh(order).status == "settled"
    assert list(order.shipments.order_by("pk").values_list("status", flat=True)) == ["void", "delivered"]


@pytest.mark.rule("DS-01")
def test_goods_sent_back_to_picking_can_be_withdrawn_too(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    send_back(shipment, reason="批次不符", actor=cast.checker)

    void_shipment(shipment, reason=REASON, actor=cast.assistant)

    assert Shipment.objects.get(pk=shipment.pk).status == "void"


@pytest.mark.rule("DS-01")
@pytest.mark.parametrize(
    ("person", "reason", "seen", "refusal"),
    [
        ("assistant", "  ", 1, InvalidInput),
        ("picker", REASON, 1, PermissionDenied),
        ("assistant", REASON, 7, StaleVersion),
    ],
)
def test_who_may_not_or_gives_no_reason_withdraws_nothing(
    cast: Cast, company: Company, person: str, reason: str, seen: int, refusal: type[BusinessError]
) -> None:
    shipment = signed(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(refusal):
        void_shipment(shipment, reason=reason, actor=getattr(cast, person), version=seen)

    assert goods_traces() == before


@pytest.mark.rule("DS-01")
def test_what_has_been_picked_is_not_withdrawn(cast: Cast, company: Company) -> None:
    shipment = picked(cast, approved(cast, company))
    before = goods_traces()

    with pytest.raises(TransitionNotAllowed):
        void_shipment(shipment, reason=REASON, actor=cast.assistant)

    assert goods_traces() == before


def test_the_page_offers_it_to_sales_and_not_to_the_picker(cast: Cast, company: Company, signed_in) -> None:
    shipment = signed(cast, approved(cast, company))
    path = shipment.get_absolute_url()
    assert f"{path}void/" not in signed_in(cast.picker).get(path).content.decode()
    sales = signed_in(cast.assistant)
    assert f"{path}void/" in sales.get(path).content.decode()

    answer = sales.post(f"{path}void/", {"note": REASON, "version": shipment.version})

    assert answer["Location"] == path
    assert DispatchNotice.objects.get().status == "void"
    assert sales.get(path).status_code == 200
    assert sales.get(shipment.order.get_absolute_url()).status_code == 200
    assert sales.get(f"{path}delivery-note.pdf").status_code == 404


def test_the_api_withdraws_with_a_reason_and_the_version_seen(cast: Cast, company: Company) -> None:
    shipment = signed(cast, approved(cast, company))
    client = client_for(cast.assistant, "dispatch:write", actor=cast.assistant)
    path = f"/api/v1/shipments/{shipment.number}/"
    shown = client.get(path)
    assert [one["name"] for one in shown.data["available_actions"]] == ["void"]

    refused = client.post(f"{path}void/", {}, format="json", HTTP_IF_MATCH=shown["ETag"])
    answer = client.post(f"{path}void/", {"note": REASON}, format="json", HTTP_IF_MATCH=shown["ETag"])

    assert refused.status_code == 400
    assert (answer.status_code, answer.data["status"]) == (200, "void")
