"""What the generated schema says of every operation beside its own fields: problems, keys, ETags, common
parameters."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string"},
        "code": {"type": "string"},
        "rule": {"type": "string", "description": "ID of the rule that refused"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "examples": ["#/lines/3/quantity"]},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
    "additionalProperties": True,
}
READ_PROBLEMS = {
    "400": "Malformed, or an unknown parameter",
    "401": "No valid token",
    "403": "Known, but not allowed",
    "404": "Unknown, or out of scope",
    "429": "Too many requests",
}
WRITE_PROBLEMS = {
    "409": "Wrong state, or already there",
    "412": "Stale ETag",
    "415": "Unsupported media type",
    "422": "A rule refused",
    "428": "If-Match missing",
    "503": "Busy; nothing was saved",
}
PARAMETERS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    "updated_since": {"type": "string", "format": "date-time"},
}


PAGE = {
    "next": {"type": "string", "format": "uri", "nullable": True},
    "previous": {"type": "string", "format": "uri", "nullable": True},
}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.auth.BearerTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}


class DocumentedSchema(AutoSchema):
    """drf-spectacular's schema of a view, with the manners all our operations share."""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        envelope = getattr(self.view, "envelope", None)
        if self.method == "GET" and envelope is not None:
            _wrap(operation["responses"].get("200"), envelope)
        problems = READ_PROBLEMS | (WRITE_PROBLEMS if self.method != "GET" else {})
        for status, words in problems.items():
            content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
            operation["responses"].setdefault(status, {"description": words, "content": content})
        return operation

    def get_override_parameters(self) -> list[Any]:
        declared = list(super().get_override_parameters())
        known = {parameter.name for parameter in declared if isinstance(parameter, OpenApiParameter)}
        return declared + [p for p in (*self._query_parameters(), *self._headers()) if p.name not in known]

    def _query_parameters(self) -> list[Any]:
        view: Any = self.view
        names = _list_parameters(view) if self.method == "GET" else set(getattr(view, "parameters", ()))
        return [
            OpenApiParameter(name, PARAMETERS.get(name, {"type": "string"}), "query")
            for name in sorted(names)
        ]

    def _headers(self) -> list[Any]:
        view: Any = self.view
        handler = getattr(view, self.method.lower(), None)
        found = []
        if getattr(handler, "is_idempotent", False) or (
            self.method == "POST" and getattr(view, "is_idempotent", False)
        ):
            found.append(OpenApiParameter("Idempotency-Key", str, "header", required=True))
        if hasattr(view, "act") or self.method in ("PATCH", "PUT"):
            found.append(OpenApiParameter("If-Match", str, "header", required=True))
        return found

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "body_serializer", None) or super().get_request_serializer()


def _wrap(response: Any, envelope: dict[str, Any]) -> None:
    """A list stands under `results`, beside what leads on from it."""
    for content in (response or {}).get("content", {}).values():
        rows = content["schema"]
        rows = rows if rows.get("type") == "array" else {"type": "array", "items": rows}
        content["schema"] = {
            "type": "object",
            "required": ["results", *envelope],
            "properties": {"results": rows, **envelope},
        }


def _list_parameters(view: Any) -> set[str]:
    names = set(getattr(view, "parameters", ()))
    if hasattr(view, "orderings"):
        names |= {"limit", "cursor", "ordering", "fields", *getattr(view, "filters", ())}
        names |= {"q"} if getattr(view, "search_fields", ()) else set()
        names |= {"updated_since"} if getattr(view, "updated_field", "") else set()
    if getattr(view, "includes", ()):
        names.add("include")
    return names


def add_problem_schema(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing hook: the problem body stands once among the components."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    return result
