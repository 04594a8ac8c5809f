"""The pages of orders: what each role sees and may press, and that nothing typed is lost."""

from __future__ import annotations

import uuid
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from core.clock import now, today
from core.models import Attachment
from core.sql import insert_rows
from inventory.models import Product
from orders.intake.excel_form import issue_order_form
from orders.models import Order
from orders.services.placing import place_order
from orders.services.submitting import submit_order
from tests import factories
from tests.orders.drafts import draft_of, placed
from tests.workbooks import fill_in_form

D = Decimal
pytestmark = pytest.mark.django_db


def typed(company: Any, *lines: tuple[str, str], rows: int = 8, **header: str) -> dict[str, str]:
    """The entry form as a browser sends it."""
    data = {
        "customer": company.customer.number,
        "channel": "fax",
        "ordered_on": today().isoformat(),
        "promised_on": "+7",
        "stated_amount": "",
        "form_key": str(uuid.uuid4()),
        "line-TOTAL_FORMS": str(rows),
        "line-INITIAL_FORMS": "0",
        "line-MIN_NUM_FORMS": "0",
        "line-MAX_NUM_FORMS": "1000",
        **header,
    }
    for index in range(rows):
        sku, quantity = lines[index] if index < len(lines) else ("", "")
        data |= {f"line-{index}-sku": sku, f"line-{index}-quantity": quantity, f"line-{index}-tax_rate": ""}
    return data


@pytest.mark.rule("IN-01", "IN-05")
def test_an_order_is_typed_and_submitted_without_any_script(company, cast, signed_in):
    client = signed_in(cast.assistant)

    answer = client.post(
        "/orders/new/",
        typed(
            company, ("A1023", "2"), ("", ""), ("B2040", "７"), stated_amount="¥2,312.45", submit_order="1"
        ),
    )

    order = Order.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/orders/{order.number}/")
    assert (order.status, order.channel, order.total, order.stated_difference) == (
        "checking",
        "fax",
        D("2312.45"),
        D(0),
    )
    assert order.promised_on == today() + timedelta(days=7)


@pytest.mark.rule("AP-07")
def test_the_same_form_sent_twice_makes_one_order(company, cast, signed_in):
    client = signed_in(cast.assistant)
    data = typed(company, ("A1023", "2"), stated_amount_absent="on", save_draft="1")

    first, second = client.post("/orders/new/", data), client.post("/orders/new/", data)

    assert first["Location"] == second["Location"]
    assert Order.objects.count() == 1


@pytest.mark.rule("VA-02")
def test_what_keeps_it_from_being_submitted_leaves_a_draft(company, cast, signed_in):
    client = signed_in(cast.assistant)

    answer = client.post(
        "/orders/new/", typed(company, ("A1023", "2"), stated_amount="1.00", submit_order="1"), follow=True
    )

    assert Order.objects.get().status == "draft"
    assert "VA-02" in answer.content.decode()


def test_a_wrong_line_is_marked_and_everything_typed_stays(company, cast, signed_in):
    client = signed_in(cast.assistant)

    answer = client.post(
        "/orders/new/",
        typed(company, ("A1023", "1.5"), ("NOPE", "3"), remarks="送新仓", customer_po="HX-9", save_draft="1"),
    )

    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ('value="1.5"', 'value="NOPE"', "送新仓", 'value="HX-9"', company.customer.number):
        assert kept in page
    assert "G-01" in page
    assert not Order.objects.exists()


def test_more_rows_come_without_script(company, cast, signed_in):
    answer = signed_in(cast.assistant).post("/orders/new/", typed(company, ("A1023", "2"), add_rows="1"))

    assert answer.status_code == 200
    assert 'name="line-17-sku"' in answer.content.decode()
    assert 'value="A1023"' in answer.content.decode()
    assert not Order.objects.exists()


@pytest.mark.rule("IN-05", "AP-07")
def test_a_draft_is_corrected_and_a_stale_page_is_refused(company, cast, signed_in):
    order = placed(company, cast.assistant)
    client = signed_in(cast.assistant)
    page = client.get(f"/orders/{order.number}/edit/").content.decode()
    assert 'value="A1023"' in page

    data = typed(company, ("A1023", "5"), stated_amount_absent="on", version="1", save_draft="1")
    assert client.post(f"/orders/{order.number}/edit/", data).status_code == 302
    stale = client.post(f"/orders/{order.number}/edit/", data | {"line-0-quantity": "6"})

    assert stale.status_code == 409
    assert 'value="6"' in stale.content.decode()
    assert order.lines.get().quantity == D(5)


def test_totals_come_from_the_server_and_save_nothing(company, cast, signed_in):
    answer = signed_in(cast.assistant).post(
        "/orders/totals/",
        typed(company, ("A1023", "2"), ("", ""), ("B2040", "7"), ("X", "1"), stated_amount="2300"),
    )

    found = answer.json()
    assert (found["total"], found["difference"]) == ("¥2,312.45", "−¥12.45")
    assert [(line["row"], line["name"], line["amount"]) for line in found["lines"]] == [
        (0, "伺服电机", "¥2,214.80"),
        (2, "控制电缆", "¥97.65"),
        (3, "", ""),
    ]
    assert found["lines"][2]["problem"]
    assert not Order.objects.exists()


def test_products_are_found_by_code_name_and_pinyin(company, cast, signed_in):
    Product.objects.filter(sku="A1023").update(pinyin="sfdj sifudianji", barcode="6901234567890")
    client = signed_in(cast.assistant)

    for text in ("A1023", "a10", "伺服", "sfdj", "6901234567890"):
        assert client.get("/orders/options/products/", {"q": text}).json()[0]["value"] == "A1023", text
    assert client.get("/orders/options/products/", {"q": "\x00"}).json() == []


@pytest.mark.rule("RG-02")
def test_another_desk_sees_neither_the_order_nor_the_customer(company, cast, signed_in):
    order = placed(company, cast.assistant)
    client = signed_in(cast.north_assistant)

    assert client.get(f"/orders/{order.number}/").status_code == 404
    assert client.post(f"/orders/{order.number}/submit/", {"version": 1}).status_code == 404
    assert order.number not in client.get("/orders/").content.decode()
    assert client.get("/orders/options/customers/", {"q": company.customer.number}).json() == []
    assert client.get("/orders/form/", {"customer": company.customer.number}).status_code == 404
    refused = client.post("/orders/new/", typed(company, ("A1023", "1"), save_draft="1"))
    assert refused.status_code == 422
    assert Order.objects.count() == 1


@pytest.mark.rule("IC-01")
@pytest.mark.parametrize("role", ["manager", "finance", "auditor", "gm"])
def test_who_only_reads_gets_no_entry_pages(company, cast, signed_in, role):
    order = placed(company, cast.assistant)
    client = signed_in(getattr(cast, role))

    assert client.get(f"/orders/{order.number}/").status_code == 200
    assert client.get("/orders/new/").status_code == 403
    assert client.get("/orders/upload/").status_code == 403
    assert client.post(f"/orders/{order.number}/submit/", {"version": 1}).status_code == 403


@pytest.mark.parametrize("role", ["picker", "guard", "admin"])
def test_who_has_nothing_to_do_with_orders_sees_none(company, cast, signed_in, role):
    order = placed(company, cast.assistant)
    client = signed_in(getattr(cast, role))

    assert client.get("/orders/").status_code == 403
    assert client.get(f"/orders/{order.number}/").status_code == 403


def test_the_order_page_has_one_primary_action_and_says_why_not(company, cast, signed_in):
    order = placed(company, cast.assistant, stated_amount=D("1.00"))

    mine = signed_in(cast.assistant).get(f"/orders/{order.number}/").content.decode()
    theirs = Client()
    theirs.force_login(cast.finance)
    others = theirs.get(f"/orders/{order.number}/").content.decode()

    assert mine.count("btn-primary") == 1
    assert f"/orders/{order.number}/edit/" in mine  # submitting is refused, so correcting comes first
    assert "VA-02" in mine
    assert others.count("btn-primary") == 0
    assert 'aria-disabled="true"' in others


@pytest.mark.rule("AP-07")
def test_a_double_click_on_submit_submits_once(company, cast, signed_in):
    order = placed(company, cast.assistant)
    client = signed_in(cast.assistant)

    for _click in range(2):
        assert client.post(f"/orders/{order.number}/submit/", {"version": 1}).status_code == 302

    assert order.events().named("submit").done().count() == 1


@pytest.mark.rule("CT-02", "IN-02")
def test_the_confirmation_is_recorded_on_its_page(company, cast, signed_in):
    order = placed(company, cast.assistant, channel="visit")
    client = signed_in(cast.assistant)
    url = f"/orders/{order.number}/confirm/"
    data = {"confirmed_by": "王芳", "confirmed_on": "today", "version": "1"}

    without = client.post(url, data)
    assert without.status_code == 422
    assert "IN-02" in without.content.decode()
    paper = SimpleUploadedFile("letter.png", factories.png(), "image/png")
    assert client.post(url, data | {"file": paper}).status_code == 302

    assert order.confirmations.count() == 1


@pytest.mark.rule("XL-02")
def test_a_faulty_form_lists_its_cells_and_a_good_one_becomes_a_draft(company, cast, signed_in):
    client = signed_in(cast.assistant)
    form = client.get("/orders/form/", {"customer": company.customer.number})
    assert form.status_code == 200
    assert "attachment" in form["Content-Disposition"]

    bad = client.post(
        "/orders/upload/", {"file": upload(fill_in_form(form.content, quantities={"A1023": -2}))}
    )
    assert bad.status_code == 422
    assert "H9" in bad.content.decode()
    assert not Order.objects.exists()
    assert Attachment.objects.count() == 1

    good = client.post(
        "/orders/upload/", {"file": upload(fill_in_form(form.content, quantities={"A1023": 2}))}
    )
    assert good["Location"] == f"/orders/{Order.objects.get().number}/"

    wrong = client.post("/orders/upload/", {"file": SimpleUploadedFile("form.xlsx", b"no workbook")})
    assert wrong.status_code == 422


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("form.xlsx", content)


@pytest.mark.rule("XL-03")
def test_an_order_downloads_as_a_form(company, cast, signed_in):
    order = placed(company, cast.assistant)

    answer = signed_in(cast.assistant).get(f"/orders/{order.number}/form.xlsx")

    assert answer.content.startswith(b"PK")
    assert issue_order_form


def statements(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return sum(
        not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")) for q in queries.captured_queries
    )


@pytest.mark.plants_faults  # rows without lines and trail, only to fill the list
def test_the_list_of_20000_orders_takes_at_most_8_statements(company, cast, signed_in):
    client = signed_in(cast.auditor)  # sees all of them
    placed(company, cast.assistant)
    few = statements(client, "/orders/")
    fill_list(company, cast, 20_000)

    for url in (
        "/orders/",
        "/orders/?view=review",
        "/orders/?status=draft&status=checking&region=S",
        "/orders/?q=hxdz",
        "/orders/?payment=unpaid&delivery=none&short=1",
        "/orders/?cursor=15000",
        "/orders/?cursor=-15000",
    ):
        assert statements(client, url) <= 8, url
    assert statements(client, "/orders/") == few
    page = client.get("/orders/").content.decode()
    assert page.count("data-row-link") == 50


def fill_list(company: Any, cast: Any, count: int) -> None:
    states = ("draft", "checking", "finance_review", "fulfilling", "settled")
    insert_rows(
        Order,
        [
            {
                "number": f"SO209901-{n:05d}",
                "status": states[n % 5],
                "customer": company.customer,
                "region": cast.south,
                "salesperson": cast.rep,
                "channel": "email",
                "ordered_on": today(),
                "terms": "prepaid",
                "warehouse": company.warehouse,
                "created_by": cast.assistant,
                "total": D("12.34"),
                "net": D("12.34"),
                "updated_at": now(),
            }
            for n in range(count)
        ],
    )


def test_pages_follow_each_other_in_both_directions(company, cast, signed_in):
    orders = [placed(company, cast.assistant, ("A1023", str(n + 1))) for n in range(3)]
    from orders.queries import page_of_orders

    rows = Order.objects.all()
    first = page_of_orders(rows, size=2)
    second = page_of_orders(rows, cursor=first.next_cursor, size=2)
    back = page_of_orders(rows, cursor=second.previous_cursor, size=2)

    assert (
        [o.number for o in first.orders]
        == [orders[2].number, orders[1].number]
        == [o.number for o in back.orders]
    )
    assert [o.number for o in second.orders] == [orders[0].number]
    assert (first.previous_cursor, second.next_cursor, back.previous_cursor) == ("", "", "")


def test_the_order_page_costs_the_same_for_1000_lines(company, cast, signed_in):
    Product.objects.bulk_create(
        Product(sku=f"P{n:04d}", barcode=f"77{n:011d}", name=f"接线端子 {n}", unit="只") for n in range(1000)
    )
    products = list(Product.objects.filter(sku__startswith="P"))
    factories.price_list(
        dict.fromkeys(products, "1.25"), maker=cast.catalogue, approver=cast.gm, code="PL2026-09"
    )
    client = signed_in(cast.assistant)
    counts = []
    for size in (10, 1000):
        draft = draft_of(*((product.sku, "1") for product in products[:size]))
        order = submit_order(
            place_order(company.customer, draft=draft, actor=cast.assistant), actor=cast.assistant
        )
        counts.append(statements(client, f"/orders/{order.number}/"))

    assert counts[0] == counts[1] <= 25
