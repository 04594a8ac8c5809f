"""Each page in one language: every page a role can reach by links, in Chinese and in English."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from core.models import User
from tests.conftest import Cast, Company
from tests.credit.matters import submitted
from tests.fulfillment.matters import approved, deliver, gone, noticed, picked
from tests.web.languages import chinese_in, english_in, pages_of, stored_texts

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

REGIONS_IN_CHINESE = {"南区", "北区"}


@pytest.fixture
def busy_company(cast: Cast, company: Company) -> Company:
    """Orders at each stage, so that there is a page of every kind of document."""
    submitted(cast, company, ("A1023", "1"))
    noticed(cast, approved(cast, company, ("A1023", "2")))
    picked(cast, approved(cast, company, ("A1023", "3")))
    deliver(cast, gone(cast, company, approved(cast, company, ("B2040", "4"))))
    return company


@pytest.mark.rule("SY-02")
@pytest.mark.parametrize(
    ("role", "starts"), [("assistant", ["/"]), ("manager", ["/", "/admin/"]), ("admin", ["/admin/"])]
)
def test_no_page_mixes_the_languages(
    busy_company: Company, cast: Cast, signed_in: Callable[[User], Client], role: str, starts: list[str]
) -> None:
    person = getattr(cast, role)
    browser = signed_in(person)
    faults: dict[str, str] = {}
    for language, is_wrong in (("zh-hans", english_in), ("en", chinese_in)):
        User.objects.filter(pk=person.pk).update(language=language)
        stored = stored_texts()
        shown = stored_texts(but=REGIONS_IN_CHINESE if language == "en" else ())
        for address, page in pages_of(browser, *starts):
            for text in page.texts:
                if text and is_wrong(text, stored if address.startswith("/admin/") else shown):
                    faults.setdefault(f"{language}: {text}", address)
    assert not faults, "\n".join(f"{text}   ({address})" for text, address in faults.items())
