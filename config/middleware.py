"""Middleware that belongs to no app: request number, language, the content security policy's exceptions."""

import re
import time
import uuid
from collections.abc import Callable
from typing import Any

import structlog
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.translation.trans_real import get_supported_language_variant, parse_accept_lang_header

from config.network import client_address
from core.context import acting_through

GetResponse = Callable[[HttpRequest], HttpResponse]
log = structlog.get_logger("shundan.request")
REQUEST_ID_FORMAT = re.compile(r"[A-Za-z0-9-]{8,64}")


class RequestIdMiddleware:
    """Gives each request a number: on the request (`request.request_id`), its response, log lines, trail."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID_FORMAT.fullmatch(given) else str(uuid.uuid4())
        request.request_id = request_id  # type: ignore[attr-defined]
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            with acting_through(
                channel_for(request), source_address=client_address(request), request_id=request_id
            ):
                started = time.perf_counter()
                response = self.get_response(request)
                _log_answer(request, response, seconds=time.perf_counter() - started)
        finally:
            structlog.contextvars.clear_contextvars()
        response["X-Request-ID"] = request_id
        return response


def _log_answer(request: HttpRequest, response: HttpResponse, *, seconds: float) -> None:
    """Without the query string: it may hold what somebody searched for."""
    if request.path_info.startswith("/health/"):
        return
    log.info(
        "request",
        method=request.method,
        path=request.path_info,
        status=response.status_code,
        milliseconds=round(seconds * 1000),
    )


def channel_for(request: HttpRequest) -> str:
    """The door a request comes through, as the trail records it (AU-01)."""
    doors = {"/api/": "api", "/admin/": "admin"}
    return next((door for prefix, door in doors.items() if request.path_info.startswith(prefix)), "web")


class LanguageMiddleware:
    """Pages speak the person's own language, else the cookie's, else the company's. Only the API listens to
    Accept-Language: there the caller is a program that says what it wants."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_for(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def language_for(request: HttpRequest) -> str:
    if request.path_info.startswith("/api/"):
        return _accepted_language(request.headers.get("Accept-Language", ""))
    offered = dict(settings.LANGUAGES)
    own = getattr(getattr(request, "user", None), "language", "")
    cookie = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return next((choice for choice in (own, cookie) if choice in offered), _default())


def _accepted_language(header: str) -> str:
    for code, _weight in parse_accept_lang_header(header):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return _default()


def _default() -> str:
    return settings.LANGUAGE_CODE


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy of settings, wider only under the two paths whose pages are not ours."""

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts: Any = super().get_policy_parts(request, response, report_only)
        for prefix, wider in settings.CONTENT_SECURITY_POLICY_WIDER.items():
            if request.path_info.startswith(prefix) and parts.update is None:
                parts.update = wider
        return parts
