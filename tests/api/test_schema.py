"""The schema is a valid OpenAPI 3.1 document and says of every operation what a client must know."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from core.tokens import SCOPES

WITHOUT_SCOPE = {"/api/v1/jobs/{uid}/", "/api/v1/files/{uid}/"}
SAVES_NOTHING = "/api/v1/orders/validate/"


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS._warn_cache, list(GENERATOR_STATS._warn_cache)
    assert not GENERATOR_STATS._error_cache, list(GENERATOR_STATS._error_cache)
    return dict(made)


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def headers_of(operation: dict[str, Any]) -> dict[str, bool]:
    return {
        p["name"]: p.get("required", False) for p in operation.get("parameters", ()) if p["in"] == "header"
    }


def answer_of(operation: dict[str, Any]) -> dict[str, Any]:
    return next(
        operation["responses"][status] for status in ("200", "201") if status in operation["responses"]
    )


def test_the_schema_is_valid_and_makes_no_warning(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.1")
    validate_schema(schema)


def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    names = set(re.findall(r"#/components/schemas/([A-Za-z0-9]+)", str(schema)))

    assert names <= set(schema["components"]["schemas"])


def test_every_operation_has_a_name_of_its_own_words_and_an_answer(schema: dict[str, Any]) -> None:
    names = [operation["operationId"] for _path, _method, operation in operations(schema)]
    assert len(names) == len(set(names))
    assert not [name for name in names if re.search(r"_\d+$", name)]

    for path, method, operation in operations(schema):
        assert operation.get("summary"), (method, path)
        content = answer_of(operation)["content"]
        for described in content.values():
            assert described["schema"], (method, path)


def test_every_operation_names_its_problems(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        wanted = {"400", "401", "403", "404", "429"}
        wanted |= {"409", "422", "503"} if method != "get" else set()
        wanted |= {"412", "428"} if "If-Match" in headers_of(operation) else set()
        assert wanted <= set(operation["responses"]), (method, path)
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"], (method, path, status)
        assert "Retry-After" in operation["responses"]["429"]["headers"]


def test_every_writing_operation_names_its_body_apart_from_its_answer(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        if method == "get":
            continue
        for content in operation["requestBody"]["content"].values():
            name = content["schema"]["$ref"].rsplit("/", 1)[-1]
            assert not name.endswith("OutRequest"), (method, path, name)


ERASES = "/erase/"
"""Erasing makes nothing, and the tag of the file lets it happen once."""


def test_every_post_takes_a_key_and_says_when_it_repeats_itself(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        if method != "post" or path == SAVES_NOTHING or path.endswith(ERASES):
            continue
        assert "Idempotency-Key" in headers_of(operation), path
        assert "Idempotent-Replayed" in answer_of(operation)["headers"], path
        creates = "201" in operation["responses"]
        assert headers_of(operation)["Idempotency-Key"] or not creates, path


def test_who_changes_a_document_sends_the_etag_it_was_given(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        if headers_of(operation).get("If-Match"):
            document = path if method == "patch" else path.rsplit("/", 2)[0] + "/"
            if "/contacts/" in path or "/addresses/" in path:  # they go by the tag of the customer file
                document = "/api/v1/customers/{number}/"
            read = schema["paths"][document]["get"]
            assert "ETag" in answer_of(read)["headers"], path


def test_every_operation_names_its_scope(schema: dict[str, Any]) -> None:
    for path, method, operation in operations(schema):
        scopes = next(way["token"] for way in operation["security"] if "token" in way)
        if path in WITHOUT_SCOPE:
            assert scopes == []
            continue
        (scope,) = scopes
        assert scope in SCOPES, (method, path, scope)
        assert scope.endswith(":read" if method == "get" else ":write")


def test_lists_are_pages(schema: dict[str, Any]) -> None:
    page = answer_of(schema["paths"]["/api/v1/orders/"]["get"])["content"]["application/json"]["schema"]

    assert page["required"] == ["results", "next", "previous"]
    assert page["properties"]["results"]["items"] == {"$ref": "#/components/schemas/OrderOut"}
    assert page["properties"]["next"]["type"] == ["string", "null"]


@pytest.mark.rule("G-01")
def test_no_figure_is_a_json_number_with_a_fraction(schema: dict[str, Any]) -> None:
    total = schema["components"]["schemas"]["OrderOut"]["properties"]["total"]

    assert (total["type"], total["format"]) == ("string", "decimal")
    assert "'type': 'number'" not in str(schema)


@pytest.mark.rule("RM-09")
def test_the_gate_says_what_a_hold_carries(schema: dict[str, Any]) -> None:
    refused = schema["paths"]["/api/v1/orders/{number}/check/"]["post"]["responses"]["422"]
    gate = schema["components"]["schemas"]["PaymentGateOut"]["properties"]

    assert "PaymentGateOut" in str(refused["content"]["application/problem+json"]["schema"])
    assert {"row", "holds", "needs", "minimum_top_up"} <= set(gate)
    assert {"due_now", "paid", "shortfall", "available_credit", "excess", "available_quota"} <= set(gate)


@pytest.mark.django_db
def test_the_viewer_asks_no_other_host(client: Client) -> None:
    page = client.get("/api/docs/")
    script = client.get("/api/docs/?script=")

    assert (page.status_code, script.status_code) == (200, 200)
    sources = re.findall(r"""(?:src|href)=["']([^"']+)""", page.content.decode())
    assert sources
    assert [source for source in sources if re.match(r"(?:https?:)?//", source)] == []
    assert "https://" not in script.content.decode()


@pytest.mark.django_db
def test_the_schema_is_served(client: Client) -> None:
    served = client.get("/api/schema/", headers={"Accept": "application/vnd.oai.openapi+json"})

    assert served.status_code == 200
    assert served.json()["info"]["title"] == "Shundan API"
