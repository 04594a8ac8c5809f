"""Every example of the API's documentation is played in its order; what it shows is what the server says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.models import User
from core.tokens import SCOPES, issue_token
from tests import factories
from tests.api.examples import Example, Message, Placeholders, differences, examples_of, scopes_of
from tests.conftest import Cast, Company

DOCUMENT = Path(settings.BASE_DIR) / "docs" / "api.md"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def secrets(cast: Cast) -> dict[str, str]:
    """A token for each name in the text's table, with exactly the scopes it gives."""
    people = {user.username.upper(): user for user in vars(cast).values() if isinstance(user, User)}
    return {
        name: issue_token(
            people[name],
            name="documentation",
            scopes=scopes,
            actor=cast.admin if people[name].is_service else people[name],
        ).secret
        for name, scopes in scopes_of(DOCUMENT).items()
    }


@pytest.fixture
def customer(cast: Cast, company: Company) -> None:
    factories.CustomerFactory(
        number="C2026900",
        name="宁波甬江机电有限公司",
        short_name="甬江机电",
        region=cast.south,
        salesperson=cast.rep,
    )


def body_of(request: Message, known: Placeholders) -> dict[str, Any]:
    text = known.fill(request.body)
    if request.headers.get("Content-Type") != "multipart/form-data":
        return {"data": text.encode(), "content_type": "application/json"}
    fields: dict[str, Any] = {}
    for line in text.splitlines():
        name, _equals, value = line.partition("=")
        picture = SimpleUploadedFile(value[1:], factories.png(sum(value.encode())), "image/png")
        fields[name] = picture if value.startswith("@") else value
    return {"data": fields}


def play(example: Example, secrets: dict[str, str], known: Placeholders) -> Any:
    request = example.request
    method, path = request.start.split(" ", 1)
    name = request.headers["Authorization"].removeprefix("Bearer $")
    headers = {"Accept-Language": "en", **request.headers, "Authorization": f"Bearer {secrets[name]}"}
    headers.pop("Content-Type", None)
    send = getattr(Client(), method.lower())
    body = body_of(request, known) if method != "GET" else {}
    return send(quote(known.fill(path), safe="/?&=,:"), headers=headers, **body)


def faults_of(example: Example, response: Any, known: Placeholders) -> list[str]:
    wanted = example.answer
    status = int(wanted.start.split()[1])
    if response.status_code != status:
        return [f"shown {status}, actual {response.status_code}: {response.content.decode()[:600]}"]
    faults = [
        f"{name}: shown {value}, actual {response.headers.get(name)}"
        for name, value in wanted.headers.items()
        if response.headers.get(name) != value
    ]
    return faults + list(differences(json.loads(wanted.body), response.json(), known))


def test_every_example_of_the_documentation_is_what_the_server_says(
    secrets: dict[str, str], customer: None
) -> None:
    known, faults = Placeholders(), []
    for example in examples_of(DOCUMENT):
        for fault in faults_of(example, play(example, secrets, known), known):
            faults.append(f"line {example.request.line}, {example.request.start}: {fault}")

    assert not faults, "\n" + "\n".join(faults)


def test_every_scope_and_every_kind_of_answer_is_documented() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")

    for scope in SCOPES:
        assert f"`{scope.split(':')[0]}`" in text
    for status in (400, 401, 403, 404, 409, 412, 415, 422, 428, 429, 503):
        assert f"\n| {status} |" in text
