"""Every refusal as RFC 9457 problem+json, the rule's ID beside it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied as DjangoPermissionDenied
from django.http import Http404
from rest_framework.exceptions import APIException, Throttled, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core import context
from core.errors import BusinessError, NotFound, PermissionDenied

PROBLEM_JSON = "application/problem+json"


def problem_handler(error: Exception, view_context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: ours for business errors, a problem body for everything DRF knows."""
    if isinstance(error, Http404):
        error = NotFound()
    if isinstance(error, DjangoPermissionDenied):
        error = PermissionDenied()
    if isinstance(error, BusinessError):
        return problem_response(error)
    response = exception_handler(error, view_context)
    if response is None or not isinstance(error, APIException):
        return response
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else error.default_code
    detail = str(error.detail) if isinstance(error.detail, str) else str(error.default_detail)
    problems = list(_pointers(error.detail, "#")) if isinstance(error, ValidationError) else []
    headers = {
        name: response[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if name in response
    }
    wait = getattr(error, "wait", None) if isinstance(error, Throttled) else None
    if wait is not None:
        headers["Retry-After"] = str(int(wait) + 1)
    body = problem_body(response.status_code, code, detail, errors=problems)
    return Response(body, status=response.status_code, content_type=PROBLEM_JSON, headers=headers)


def problem_response(error: BusinessError) -> Response:
    errors = [{"pointer": p.pointer, "code": p.code, "detail": p.detail} for p in error.problems]
    body = problem_body(error.http_status, error.code, error.message, rule=error.rule, errors=errors)
    body.update({name: value for name, value in error.facts.items() if name not in body})
    wait = retry_after(error)
    headers = {"Retry-After": wait} if wait else {}
    return Response(body, status=error.http_status, content_type=PROBLEM_JSON, headers=headers)


def retry_after(error: BusinessError) -> str:
    """Seconds after which asking again makes sense; empty where no waiting mends it."""
    return "1" if error.http_status == 503 or error.code == "idempotency_key_running" else ""


def problem_body(
    status: int, code: str, detail: str, *, rule: str = "", errors: list[dict[str, str]] | None = None
) -> dict[str, Any]:
    body: dict[str, Any] = {
        "type": f"https://shundan.example/problems/{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": detail,
        "instance": f"urn:request:{context.current().request_id}",
        "code": code,
        "request_id": context.current().request_id,
    }
    if rule:
        body["rule"] = rule
    if errors:
        body["errors"] = errors
    return body


def _pointers(detail: Any, pointer: str) -> Any:
    """DRF's nested error dictionary as a flat list of pointers."""
    if isinstance(detail, dict):
        for key, value in detail.items():
            yield from _pointers(value, pointer if key == "non_field_errors" else f"{pointer}/{key}")
    elif isinstance(detail, list):
        nested = [item for item in detail if isinstance(item, dict | list)]
        for index, item in enumerate(detail):
            if nested:
                yield from _pointers(item, f"{pointer}/{index}")
            else:
                yield {"pointer": pointer, "code": getattr(item, "code", "invalid"), "detail": str(item)}
    else:
        yield {"pointer": pointer, "code": getattr(detail, "code", "invalid"), "detail": str(detail)}
