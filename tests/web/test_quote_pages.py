"""The pages of quotations without script: builder, steps, comparison, review queue."""

from __future__ import annotations

import re
from typing import Any

import pytest

from customers.phones import masked_phone
from orders.models import Order, Quote
from orders.quotes.services import revise_quote
from tests.orders.quotes import accepted, cleared, drafted, fresh, in_review, line_of, sent
from tests.papers import read_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def typed(company: Any, **more: Any) -> dict[str, Any]:
    return {
        "customer": company.customer.number,
        "title": "一期",
        "line-TOTAL_FORMS": "2",
        "line-INITIAL_FORMS": "0",
        "line-0-sku": "A1023",
        "line-0-quantity": "2",
        "line-1-sku": "B2040",
        "line-1-quantity": "7",
        "line-1-is_alternative": "on",
        **more,
    }


@pytest.mark.rule("QT-01", "QT-02")
def test_a_quotation_is_typed_and_submitted_in_one_go(cast, company, signed_in):
    client = signed_in(cast.rep)
    assert client.get("/quotes/new/").status_code == 200

    answer = client.post("/quotes/new/", typed(company, submit_quote="1"), follow=True)

    quote = Quote.objects.get()
    assert answer.redirect_chain[-1][0] == quote.get_absolute_url()
    assert (quote.status, quote.title) == ("in_review", "一期")
    assert quote.lines.get(line_no=2).is_alternative


def test_the_same_form_sent_twice_makes_one_quotation(cast, company, signed_in):
    client = signed_in(cast.rep)
    page = client.get("/quotes/new/").content.decode()
    key = re.search(r'name="form_key" value="([^"]+)"', page)
    assert key is not None

    for _n in range(2):
        client.post("/quotes/new/", typed(company, form_key=key[1], save_draft="1"))

    assert Quote.objects.count() == 1


def test_a_form_that_fails_keeps_what_was_typed(cast, company, signed_in):
    data = typed(company, **{"line-0-sku": "NONE", "warranty": "两年", "internal_note": "急"})

    answer = signed_in(cast.rep).post("/quotes/new/", data)

    page = answer.content.decode()
    assert answer.status_code == 422
    for kept in ("NONE", "两年", "急", "一期"):
        assert kept in page
    assert not Quote.objects.exists()


def test_rows_are_added_without_script(cast, company, signed_in):
    answer = signed_in(cast.rep).post("/quotes/new/", typed(company, add_rows="1"))

    assert answer.status_code == 200
    assert 'name="line-11-sku"' in answer.content.decode()


def test_the_totals_answer_with_source_and_authority(cast, company, signed_in):
    data = typed(company, **{"line-0-discount_percent": "4"})

    found = signed_in(cast.rep).post("/quotes/totals/", data).json()

    assert found["total"] == "¥2,126.21"  # 2 × 980.00 × 0.96 × 1.13
    assert len(found["lines"]) == 2
    assert found["lines"][0]["margin"] == "", "a salesperson sees no margin"
    assert len(found["warnings"]) == 2


@pytest.mark.parametrize(
    ("stage", "person", "address"),
    [
        (drafted, "rep", "submit/"),
        (in_review, "finance", "/quotes/reviews/"),
        (cleared, "rep", "send/"),
        (sent, "rep", "accept/"),
        (accepted, "rep", "convert/"),
    ],
)
def test_the_page_has_one_primary_action(cast, company, signed_in, stage, person, address):
    quote = stage(cast, company)

    page = signed_in(getattr(cast, person)).get(quote.get_absolute_url()).content.decode()

    assert len(re.findall(r'class="btn btn-primary', page)) == 1
    assert address in page


@pytest.mark.rule("QT-01", "QT-04")
def test_from_ready_to_order_by_forms_alone(cast, company, signed_in):
    quote, client = cleared(cast, company), signed_in(cast.rep)
    address = quote.get_absolute_url()

    assert client.get(f"{address}send/").status_code == 200
    client.post(f"{address}send/", {"to": "buyer@example.com", "version": fresh(quote).version})
    assert (fresh(quote).status, fresh(quote).sent_to) == ("sent", "buyer@example.com")
    paper = client.get(f"{address}pdf/?download")
    assert paper["Content-Type"] == "application/pdf"
    answered = {"answered_by": "王芳", "answered_on": "2026-11-21", "version": fresh(quote).version}
    client.post(f"{address}accept/", answered)
    assert fresh(quote).status == "accepted"
    answer = client.post(f"{address}convert/", {"version": fresh(quote).version})

    assert answer["Location"] == Order.objects.get().get_absolute_url()


@pytest.mark.rule("QT-04")
def test_declining_without_a_reason_keeps_the_form(cast, company, signed_in):
    quote = sent(cast, company)

    answer = signed_in(cast.rep).post(
        f"{quote.get_absolute_url()}decline/", {"answered_by": "王芳", "answered_on": "2026-11-21"}
    )

    assert answer.status_code == 422
    assert "王芳" in answer.content.decode()
    assert fresh(quote).status == "sent"


@pytest.mark.rule("QT-04")
def test_versions_are_compared_line_by_line(cast, company, signed_in):
    old = sent(cast, company)
    client = signed_in(cast.rep)
    client.post(f"{old.get_absolute_url()}revise/", {"version": old.version})
    new = Quote.objects.get(revision=2)
    client.post(
        f"{new.get_absolute_url()}edit/", typed(company, version=new.version, **{"line-0-quantity": "3"})
    )

    page = client.get(f"{new.get_absolute_url()}compare/?with={old.number}").content.decode()

    assert "<del>" in page
    assert "V1" in page
    assert client.get(f"{drafted(cast, company).get_absolute_url()}compare/").status_code == 302


@pytest.mark.rule("QT-02")
def test_the_queue_decides_and_keeps_a_refusal_without_reason(cast, company, signed_in):
    quote = in_review(cast, company, line_of("A1023", "1"))
    client = signed_in(cast.finance)
    assert quote.number in client.get("/quotes/reviews/").content.decode()
    sent_in = {"department": "finance", "version": quote.version, "note": ""}

    assert (
        client.post(f"{quote.get_absolute_url()}review/", {**sent_in, "verdict": "refused"}).status_code
        == 422
    )
    client.post(f"{quote.get_absolute_url()}review/", {**sent_in, "verdict": "agreed", "note": "可以"})

    assert fresh(quote).status == "cleared"
    assert client.get("/quotes/reviews/").status_code == 200


@pytest.mark.rule("RG-02")
def test_out_of_scope_is_not_found(cast, company, signed_in):
    quote = drafted(cast, company)

    assert signed_in(cast.other_rep).get(quote.get_absolute_url()).status_code == 404
    assert signed_in(cast.other_rep).get(f"{quote.get_absolute_url()}pdf/").status_code == 404


def test_the_list_finds_by_pinyin_status_and_expiry(cast, company, signed_in):
    company.customer.pinyin = "hangzhouhuaxindianzi hxdz"
    company.customer.save()
    quote = sent(cast, company)
    other = drafted(cast, company)
    revise_quote(quote, actor=cast.rep)
    client = signed_in(cast.rep)

    assert other.number in client.get("/quotes/?view=draft&q=hxdz").content.decode()
    assert other.number not in client.get("/quotes/?view=sent").content.decode()
    assert quote.number + '"' not in client.get("/quotes/?expiring=1").content.decode()


@pytest.mark.rule("CM-03")
def test_the_customers_phone_is_masked_for_posts_that_do_not_call_him(cast, company, signed_in):
    quote = in_review(cast, company)
    whole, masked = quote.contact_phone, masked_phone(quote.contact_phone)
    assert "*" in masked

    for person, shown, hidden in ((cast.rep, whole, masked), (cast.planner, masked, whole)):
        client = signed_in(person)
        page = client.get(quote.get_absolute_url()).content.decode()
        paper = read_paper(client.get(f"{quote.get_absolute_url()}pdf/").content).text
        for text in (page, paper):
            assert shown in text
            assert hidden not in text
