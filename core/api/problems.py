"""The refusals of the API as the schema names them: one body, and what each status means."""

from __future__ import annotations

from typing import Any

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "RFC 9457. A refusal may add figures of its own.",
    "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "In the language of Accept-Language"},
        "instance": {"type": "string", "format": "uri"},
        "code": {"type": "string", "description": "For programs; never translated"},
        "rule": {"type": "string", "description": "ID of the rule that refused"},
        "request_id": {"type": "string", "description": "Names the request in our logs"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
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
REFERENCE = {"$ref": "#/components/schemas/Problem"}
MEANINGS = {
    "400": "Malformed, an unknown parameter or field, or a required header missing",
    "401": "No valid token",
    "403": "Known, but not allowed: scope, role or segregation of duties",
    "404": "Unknown, or out of scope",
    "409": "Wrong state, already decided, or the same key still at work",
    "412": "Stale: the document has changed since it was read",
    "415": "Unsupported media type",
    "422": "A rule refused, or the Idempotency-Key was used with another body",
    "428": "If-Match missing",
    "429": "Too many requests",
    "503": "Busy; nothing was saved, ask again",
}
GENERAL = ("400", "401", "403", "404", "429")
WRITING = ("409", "415", "422", "503")
PRECONDITION = ("412", "428")
REPLAYED = {
    "description": "`true` when this is the stored answer of an earlier request with the same key",
    "schema": {"type": "string", "enum": ["true"]},
}
WAIT = {"Retry-After": {"description": "Seconds to wait", "schema": {"type": "integer", "minimum": 1}}}
CHALLENGE = {"WWW-Authenticate": {"schema": {"type": "string"}}}


def problem_response_of(status: str, own: dict[str, Any] | None = None) -> dict[str, Any]:
    """The response object of a refusal; `own` is the schema of what it carries beside the problem."""
    schema = {"anyOf": [{"allOf": [REFERENCE, own]}, REFERENCE]} if own else REFERENCE
    response = {
        "description": MEANINGS[status],
        "content": {"application/problem+json": {"schema": schema}},
    }
    headers = {"401": CHALLENGE, "429": WAIT, "503": WAIT}.get(status)
    return {**response, "headers": headers} if headers else response
