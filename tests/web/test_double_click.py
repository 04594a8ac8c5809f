"""Every form of every page in every state, sent twice: one effect, and the second answer is a page."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.conftest import Cast, Company
from tests.fuzz import undone
from tests.nasty import PageForm
from tests.stages import Stages, everyone, everything, filled, stages_of
from tests.web.test_bad_input import forms_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]

AGAIN_IS_MEANT = ("/orders/totals/", "/reports/monthly/export/")
"""Sending these twice changes nothing, or makes a file again."""


@pytest.fixture
def stages(cast: Cast, company: Company) -> Stages:
    return stages_of(cast, company)


@pytest.mark.rule("AP-07")
def test_a_form_sent_twice_works_once(cast: Cast, company: Company, stages: Stages, client: Client) -> None:
    client.force_login(everyone())
    worked, twice, broken = set(), [], []
    for number, (page, form) in enumerate(forms_on(client, stages)):
        with undone():
            before = everything()
            first = press(client, form, company, number)
            after = everything()
            second = press(client, form, company, number)
            if after != before:
                worked.add(form.action)
            if everything() != after and form.action not in AGAIN_IS_MEANT:
                twice.append(f"{form.action} on {page}")
            broken += [
                f"{form.action} on {page}: {code}" for code in (first, second) if code >= 500 or code == 404
            ]
    assert (twice, broken) == ([], [])
    assert len(worked) >= 40, sorted(worked)


def press(client: Client, form: PageForm, company: Company, number: int) -> int:
    data = filled(form, company, number)
    for name, value in [button for button in form.buttons if button[0] not in ("add_rows", "more")][-1:]:
        data |= {name: value} if name else {}
    return client.post(form.action, data, follow=True).status_code
