"""The pages of dispatch: who sees them, what they keep, what they cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.models import User
from fulfillment.models import DeliveryProof, DispatchNotice, Shipment
from tests import factories
from tests.conftest import Cast, Company
from tests.credit.matters import fresh
from tests.fulfillment.matters import (
    approved,
    deliver,
    gone,
    goods_traces,
    levels,
    noticed,
    picked,
    ready,
    signed,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

SignIn = Callable[[User], Client]
BOARD_BUDGET = 12


@pytest.mark.rule("DS-01", "DS-02", "DS-03", "DL-01")
def test_the_whole_way_is_walked_on_pages_without_script(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = approved(cast, company)

    def step(person: User, path: str, **data: object) -> str:
        answer = signed_in(person).post(path, data)
        assert answer.status_code == 302, answer.content.decode()[:3000]
        return answer["Location"]

    page = step(
        cast.assistant,
        f"/orders/{order.number}/dispatch/",
        quantity_1="10",
        quantity_2="7",
        version=order.version,
    )
    step(cast.second_manager, f"{page}sign/", version=1)
    shipment = Shipment.objects.get(order=order)
    assert signed_in(cast.picker).get(f"/shipments/{shipment}/pick/").status_code == 200
    batch = "B2026-01"
    step(
        cast.picker, f"/shipments/{shipment}/pick/", version=1, quantity_1="10", batch_1=batch,
        quantity_2="7", batch_2=batch,
    )  # fmt: skip
    step(
        cast.checker, f"/shipments/{shipment}/check/", version=2, sku_1="A1023", quantity_1="10",
        batch_1=batch, sku_2="B2040", quantity_2="7", batch_2=batch,
    )  # fmt: skip
    assert "A1023" in signed_in(cast.guard).get("/gate/?pass=gp202611-0001").content.decode()
    step(
        cast.guard, "/gate/", version=3, gate_pass="GP202611-0001", carrier=company.carrier.pk,
        tracking_number="SF1",
    )  # fmt: skip
    assert levels() == {"A1023": (90, 0), "B2040": (93, 0)}
    step(
        cast.assistant, f"/shipments/{shipment}/proof/", version=4, signer="王芳",
        signed_at="2026-11-21T12:00",
        file=SimpleUploadedFile("签收.png", factories.png(), "image/png"),
        good_1="10", good_2="7",
    )  # fmt: skip
    assert fresh(order).status == "settled"


@pytest.mark.rule("AP-07")
def test_a_second_click_on_sign_says_so_and_changes_nothing(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    notice = noticed(cast, approved(cast, company))
    browser = signed_in(cast.second_manager)
    browser.post(f"/dispatch/{notice}/sign/", {"version": 1})
    before = goods_traces()

    again = browser.post(f"/dispatch/{notice}/sign/", {"version": 1}, follow=True)

    assert "AP-07" in "".join(str(message) for message in again.context["messages"])
    assert goods_traces() == before
    assert Shipment.objects.count() == 1


@pytest.mark.rule("DL-01")
def test_a_refused_proof_keeps_what_was_typed(cast: Cast, company: Company, signed_in: SignIn) -> None:
    shipment = gone(cast, company, approved(cast, company))
    before = goods_traces()

    answer = signed_in(cast.assistant).post(
        f"/shipments/{shipment}/proof/",
        {
            "version": shipment.version, "signer": "王芳", "signed_at": "2026-11-21T12:00", "good_1": "9",
            "good_2": "7", "note": "外箱破损",
            "file": SimpleUploadedFile("签收.png", factories.png(), "image/png"),
        },
    )  # fmt: skip

    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="王芳"' in page
    assert 'value="9"' in page
    assert "外箱破损" in page
    assert "DL-01" in page
    assert answer.context["form"]["good_1"].errors
    assert goods_traces() == before
    assert not DeliveryProof.objects.exists()


@pytest.mark.rule("DS-02")
def test_differences_at_the_check_stand_in_their_cells(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    shipment = picked(cast, approved(cast, company))

    answer = signed_in(cast.checker).post(
        f"/shipments/{shipment}/check/",
        {
            "version": shipment.version, "sku_1": "A1023", "quantity_1": "9", "batch_1": "B2026-01",
            "sku_2": "B2041", "quantity_2": "7", "batch_2": "B2026-01",
        },
    )  # fmt: skip

    form = answer.context["form"]
    assert answer.status_code == 422
    assert [bool(form[name].errors) for name in ("quantity_1", "sku_1", "sku_2", "quantity_2")] == [
        True, False, True, False,
    ]  # fmt: skip


@pytest.mark.rule("DS-03")
def test_an_unknown_or_used_pass_opens_nothing(cast: Cast, company: Company, signed_in: SignIn) -> None:
    shipment = gone(cast, company, approved(cast, company))
    browser = signed_in(cast.guard)
    before = goods_traces()

    unknown = browser.post("/gate/", {"gate_pass": "GP0", "carrier": company.carrier.pk})
    used = browser.post(
        "/gate/",
        {"gate_pass": shipment.gate_pass.number, "carrier": company.carrier.pk, "tracking_number": "SF1"},
    )

    assert (unknown.status_code, used.status_code) == (422, 422)
    assert "DS-03" in used.content.decode()
    assert goods_traces() == before


@pytest.mark.rule("RG-02", "IC-01")
def test_pages_open_for_their_roles_and_within_scope_only(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = approved(cast, company)
    shipment = signed(cast, order)
    notice = DispatchNotice.objects.get()

    assert signed_in(cast.admin).get("/dispatch/").status_code == 403
    assert signed_in(cast.assistant).get("/gate/").status_code == 403
    assert signed_in(cast.checker).get(f"/shipments/{shipment}/pick/").status_code == 403
    north = signed_in(cast.north_assistant)
    for path in (
        f"/orders/{order}/dispatch/",
        f"/dispatch/{notice}/",
        f"/shipments/{shipment}/",
        f"/shipments/{shipment}/proof/",
        f"/shipments/{shipment}/delivery-note.pdf",
    ):
        assert north.get(path).status_code == 404, path
    assert order.number not in north.get("/dispatch/").content.decode()


@pytest.mark.rule("DS-01")
def test_the_board_shows_each_stage_without_amounts(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order = approved(cast, company, ("A1023", "10"))
    notice = noticed(cast, order, {1: 1})
    stages = [signed(cast, order, {1: 1}), picked(cast, order, {1: 1}), ready(cast, order, {1: 1})]
    stages.append(gone(cast, company, order, {1: 1}))

    page = signed_in(cast.picker).get("/dispatch/")

    columns = [[card.number for card in column.cards] for column in page.context["columns"]]
    assert columns == [[notice.number, order.number], *([stage.number] for stage in stages)]
    assert "¥" not in page.content.decode()


def test_the_board_costs_the_same_for_one_and_for_many(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    browser = signed_in(cast.assistant)
    counts = []
    for _size in range(2):
        order = approved(cast, company)
        noticed(cast, order, {1: 1})
        signed(cast, order, {1: 1})
        ready(cast, order, {1: 1})
        gone(cast, company, order, {1: 1})
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/dispatch/").status_code == 200
        counts.append(len(captured))

    assert counts[0] == counts[1] <= BOARD_BUDGET


@pytest.mark.rule("DS-02", "VA-03")
def test_papers_are_printed_as_pdf(cast: Cast, company: Company, signed_in: SignIn) -> None:
    order = approved(cast, company, remarks="#走 3 号门 *急*")
    shipment = ready(cast, order)

    for paper in ("pick-list", "delivery-note", "gate-pass"):
        answer = signed_in(cast.checker).get(f"/shipments/{shipment}/{paper}.pdf")
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer.content.startswith(b"%PDF")


@pytest.mark.rule("AU-03", "RG-02")
def test_the_signed_proof_is_fetched_only_by_who_may_see_the_shipment(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    proof = deliver(cast, gone(cast, company, approved(cast, company)))
    address = f"/files/{proof.image.uid}/"

    assert signed_in(cast.assistant).get(address).status_code == 200
    assert signed_in(cast.north_assistant).get(address).status_code == 404


def test_the_order_page_offers_the_next_step_of_the_goods(
    cast: Cast, company: Company, signed_in: SignIn
) -> None:
    order = approved(cast, company)
    browser = signed_in(cast.assistant)
    assert f"/orders/{order}/dispatch/" in browser.get(f"/orders/{order}/").content.decode()
    shipment = gone(cast, company, order)

    page = browser.get(f"/orders/{order}/").content.decode()

    assert shipment.number in page
    onward = browser.get(f"/orders/{order}/goods/deliver/")
    assert onward["Location"] == f"/shipments/{shipment}/proof/"
