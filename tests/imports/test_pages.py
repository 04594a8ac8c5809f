"""The pages of the import centre: who sees what, the templates, and what a list costs."""

from __future__ import annotations

import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook

from core.imports.headers import plain
from core.imports.registry import import_kinds, kind_named
from core.imports.template import template_workbook
from core.models import ImportBatch
from tests.conftest import Cast, Company
from tests.imports.files import PRODUCT_TITLES, anew, checked, imported, opened, upload_of, workbook
from tests.imports.test_customers import TITLES, row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon"), pytest.mark.rule("SY-03")]

ONE = workbook(PRODUCT_TITLES, ("N-1", "接触器", "个", "", "13%"))


@pytest.mark.rule("RG-02")
def test_a_batch_is_seen_by_those_who_import_its_kind_and_customers_by_their_own_desk(
    cast: Cast, client: Client
) -> None:
    products = opened("products", ONE, cast.catalogue)
    customers = opened("customers", workbook(TITLES, row()), cast.assistant)
    seen = {}
    for person in (cast.catalogue, cast.assistant, cast.north_assistant, cast.finance):
        client.force_login(person)
        seen[person.username] = [
            client.get(address).status_code
            for address in (
                "/imports/", products.get_absolute_url(), customers.get_absolute_url(),
                f"/files/{customers.original.uid}/", "/imports/templates/products/",
            )
        ]  # fmt: skip

    assert seen == {
        "baili": [200, 200, 404, 404, 200],
        "chenli": [200, 404, 200, 200, 404],
        "liumei": [200, 404, 404, 404, 404],
        "zhoujie": [403, 403, 403, 404, 403],
    }


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("slug", ["customers", "products", "prices"])
def test_a_template_is_recognised_column_by_column_and_its_example_is_not_imported(
    cast: Cast, slug: str, language: str
) -> None:
    kind = kind_named(slug)
    person = cast.assistant if slug == "customers" else cast.catalogue
    with override(language):
        content = template_workbook(kind)

    batch = opened(slug, content, person)

    assert set(batch.mapping) == {column.name for column in kind.columns}
    batch = checked(slug, content, person)
    assert batch.job is not None
    assert batch.job.state == "failed"  # below the titles stands nothing but the example
    sheet = load_workbook(io.BytesIO(content)).worksheets[0]
    assert sheet.cell(1, 1).value == (kind.columns[0].en if language == "en" else kind.columns[0].zh)


def test_no_word_stands_for_two_columns_of_a_kind() -> None:
    for kind in import_kinds():
        words = [(plain(word), column.name) for column in kind.columns for word in column.words]
        by_word = {word: {name for other, name in words if other == word} for word, _name in words}
        assert [word for word, names in by_word.items() if len(names) > 1] == [], kind.slug


def test_columns_matched_once_are_matched_the_next_time(cast: Cast, client: Client) -> None:
    content = workbook(("Our no", "What it is", "Sold by"), ("N-1", "接触器", "个"))
    client.force_login(cast.catalogue)
    first = opened("products", content, cast.catalogue)
    assert first.mapping == {}

    refused = client.post(f"/imports/{first.number}/columns/", {"name": "1", "version": first.version})
    assert refused.status_code == 422
    assert 'value="1" selected' in refused.content.decode()
    client.post(
        f"/imports/{first.number}/columns/",
        {
            "sku": "0",
            "name": "1",
            "unit": "2",
            "tax_rate": "=",
            "tax_rate_value": "9%",
            "version": first.version,
        },
    )
    assert anew(first).mapping["tax_rate"] == {"value": "9%"}
    ImportBatch.objects.filter(pk=first.pk).update(checked_at=first.created_at)

    assert opened("products", content, cast.catalogue).mapping == {
        "sku": {"column": 0}, "name": {"column": 1}, "unit": {"column": 2},
    }  # fmt: skip


def test_an_upload_sent_twice_is_one_batch(cast: Cast, client: Client) -> None:
    client.force_login(cast.catalogue)
    key = "5b0a5e3c-6b8e-4a35-9f6e-0d3c0c0a7b11"

    answers = [
        client.post("/imports/new/", {"kind": "products", "file": upload_of(ONE), "form_key": key})
        for _click in range(2)
    ]

    assert {answer["Location"] for answer in answers} == {
        f"/imports/{ImportBatch.objects.get().number}/columns/"
    }


def test_undo_on_the_page_lists_what_prevents_it(cast: Cast, company: Company, client: Client) -> None:
    batch = imported("products", ONE, cast.catalogue)
    product = company.motor.__class__.objects.get(sku="N-1")
    company.price_list.prices.create(product=product, unit_price=1)
    client.force_login(cast.catalogue)

    answer = client.post(f"/imports/{batch.number}/undo/", {"version": batch.version})

    assert answer.status_code == 422
    assert "N-1" in answer.content.decode()
    assert anew(batch).status == "committed"


def test_the_list_costs_the_same_for_three_batches_as_for_thirty(cast: Cast, client: Client) -> None:
    client.force_login(cast.catalogue)
    counted = []
    for count in (3, 27):
        for _batch in range(count):
            opened("products", ONE, cast.catalogue)
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/imports/").status_code == 200
        counted.append(len(queries))

    # session, person, roles, batches with file and person, and what the shell asks
    assert counted[0] == counted[1] <= 8


def test_a_batch_costs_the_same_for_two_rows_as_for_forty(cast: Cast, client: Client) -> None:
    client.force_login(cast.catalogue)
    counted = []
    for count in (2, 40):
        rows = [(f"N-{n}", "", "个", "", "17%") for n in range(count)]
        batch = checked("products", workbook(PRODUCT_TITLES, *rows), cast.catalogue)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(batch.get_absolute_url()).status_code == 200
        counted.append(len(queries))

    assert counted[0] == counted[1] <= 9
