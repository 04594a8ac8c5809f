"""A file of products from upload to undo in the browser; the check goes on while the page is loaded again."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.jobs import RunningJob, run_next_job
from inventory.models import Product
from tests.conftest import Cast
from tests.imports.files import workbook
from tests.imports.test_planted_errors import TITLES, good

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.rule("SY-03")]


def test_a_file_is_matched_checked_reloaded_half_way_imported_and_undone(
    cast: Cast,
    live_server: Any,
    sign_in: Any,
    quiet_page: Page,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    page = quiet_page
    file = tmp_path / "catalogue.xlsx"
    titles = ("Our code", *TITLES[1:])
    file.write_bytes(workbook(titles, *[good(f"N-{n}") for n in range(40)], good("N-40", rate="17%")))
    sign_in(cast.catalogue)
    page.goto(f"{live_server.url}/imports/new/?kind=products")
    page.set_input_files("input[type=file]", str(file))
    page.click("main button[type=submit]")
    expect(page).to_have_url(re.compile(r"/imports/IM\d{6}-0001/columns/"))

    page.click("main .btn-primary")  # nothing says yet where the code stands
    expect(page.locator(".field-error").first).to_be_visible()
    page.select_option("select[name=sku]", "0")
    page.click("main .btn-primary")
    expect(page.locator("progress")).to_be_visible()

    seen: list[int] = []
    tell = RunningJob.progress

    def watch(run: RunningJob, done: int, total: int) -> None:
        tell(run, done, total)
        if done and len(seen) < 3:
            if len(seen) == 1:
                page.reload()
            expect(page.locator("progress")).to_have_attribute("value", str(done), timeout=5_000)
            seen.append(done)

    monkeypatch.setattr(RunningJob, "progress", watch)
    run_next_job()
    assert seen == sorted(seen)
    assert len(seen) == 3
    expect(page.locator(".next-step")).to_be_visible(timeout=5_000)
    expect(page.locator("tr.is-wrong")).to_have_count(1)
    expect(page.locator("tr.is-wrong")).to_contain_text("17%")

    with page.expect_download() as download:
        page.click("main .btn-primary")
    assert download.value.suggested_filename.endswith(".xlsx")
    page.click("form[action$='/commit/'] button")
    run_next_job()
    expect(page.locator(".next-step.tone-done")).to_be_visible(timeout=5_000)
    assert Product.objects.count() == 40

    page.on("dialog", lambda dialog: dialog.accept())
    page.click(".next-step .btn-danger, .next-step summary.btn")
    confirm = page.locator("dialog[open] [type=submit]")
    if confirm.count():
        confirm.first.click()
    expect(page.locator(".tone-neutral.note")).to_be_visible(timeout=5_000)
    assert not Product.objects.exists()
    assert page.grievances == [] or all("422" in text for text in page.grievances)  # type: ignore[attr-defined]
