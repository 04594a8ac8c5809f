"""What the generated schema says of every operation beside its own fields: problems, keys, ETags, scopes,
common parameters. A view says the rest by its attributes: `body_serializer`, `serializer_class`, `envelope`,
`refusals`, `other_problems`.
"""

from __future__ import annotations

import re
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from core.api.problems import GENERAL, PRECONDITION, PROBLEM, REPLAYED, WRITING, problem_response_of

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
PARAMETERS: dict[str, dict[str, Any]] = {
    "limit": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
    "updated_since": {"type": "string", "format": "date-time"},
    "on": {"type": "string", "format": "date"},
}
PAGE = {
    "next": {"type": ["string", "null"], "format": "uri"},
    "previous": {"type": ["string", "null"], "format": "uri"},
}
ETAG = {"description": "Send it as If-Match with the next change", "schema": {"type": "string"}}
LEADING_PATH = re.compile(r"`/?[^`]*`(?:: | )")
PART = re.compile(r"(?:^|(?<=[.;)]))\s*(?=(?:GET|POST|PATCH|DELETE)\b)")
VERB = re.compile(r"(GET|POST|PATCH|DELETE)\b:?\s*")


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "core.api.auth.BearerTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        words = "A token of an API client or of a person; its scopes are named at each operation."
        return {"type": "http", "scheme": "bearer", "description": words}

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        scope = auto_schema.scope
        return {self.name: [scope] if scope else []}


class DocumentedSchema(AutoSchema):
    """drf-spectacular's schema of a view, with the manners all our operations share."""

    @property
    def scope(self) -> str:
        """The least scope that opens the operation; a write scope also reads."""
        resource = getattr(self.view, "required_scope", "")
        return f"{resource}:{'read' if self.method in SAFE_METHODS else 'write'}" if resource else ""

    def get_operation(self, *args: Any, **kwargs: Any) -> dict[str, Any] | None:
        operation = super().get_operation(*args, **kwargs)
        if operation is None:
            return None
        envelope = getattr(self.view, "envelope", None)
        if self.method == "GET" and envelope is not None:
            _wrap(operation["responses"].get("200"), envelope)
        self._put_headers(operation)
        self._put_problems(operation)
        return operation

    def get_operation_id(self) -> str:
        """`orders_list`, `orders_retrieve`, `orders_create`; a step is named by itself: `orders_submit`."""
        words = [word.replace("-", "_").replace(".", "_") for word in self._tokenize_path()]
        if self.method == "POST" and len(words) > 1 and not hasattr(self.view, "get"):
            return "_".join(words)
        if self.method == "POST" and self._is_transition():
            return "_".join(words)
        action = "list" if self._is_list_view() else self.method_mapping[self.method.lower()]
        return "_".join([*words, action])

    def get_summary(self) -> str | None:
        words = self._own_words()
        return re.split(r"(?<=\w{3}[.;:])\s", words, maxsplit=1)[0].rstrip(".;:") if words else None

    def get_description(self) -> str:  # type: ignore[override]
        permission = getattr(self.view, "permissions", {}).get(self.method, "")
        notes = [
            f"Scope `{self.scope}`." if self.scope else "",
            f"Role: `{permission}`." if permission else "",
        ]
        return "\n\n".join(part for part in (self._own_words(), " ".join(filter(None, notes))) if part)

    def get_request_serializer(self) -> Any:
        return getattr(self.view, "body_serializer", None) or super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        found = super().get_response_serializers()
        creates = self.method == "POST" and not self._is_transition() and not isinstance(found, dict)
        return {201: found} if creates else found

    def get_override_parameters(self) -> list[Any]:
        declared = list(super().get_override_parameters())
        known = {parameter.name for parameter in declared if isinstance(parameter, OpenApiParameter)}
        return declared + [p for p in (*self._query_parameters(), *self._headers()) if p.name not in known]

    def _is_list_view(self, serializer: Any = None) -> bool:
        return self.method == "GET" and getattr(self.view, "envelope", None) is not None

    def _is_transition(self) -> bool:
        return hasattr(self.view, "act")

    def _own_words(self) -> str:
        """What the view says of this method, of its own and not of its base class."""
        doc = " ".join((type(self.view).__dict__.get("__doc__") or "").split())
        if not doc:
            return _usual_words(self)
        parts = [part for part in PART.split(doc) if part]
        own = [part for part in parts if part.startswith(self.method) or not VERB.match(part)]
        text = VERB.sub("", " ".join(own or parts), count=1)
        text = text[found.end() :] if (found := LEADING_PATH.match(text)) else text
        text = text.strip().rstrip(";.") + "."
        return text[:1].upper() + text[1:]

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
        is_kept = getattr(handler, "is_idempotent", False) or getattr(view, "is_idempotent", False)
        found = []
        if self.method == "POST" and (is_kept or self._is_transition()):
            words = "New for every act, the same for every retry of it; kept for 72 hours at least"
            found.append(OpenApiParameter("Idempotency-Key", str, "header", is_kept, description=words))
        if self._is_transition() or self.method in ("PATCH", "PUT"):
            words = "The ETag of the document as it was read"
            found.append(OpenApiParameter("If-Match", str, "header", True, description=words))
        return found

    def _put_headers(self, operation: dict[str, Any]) -> None:
        """ETag of a document, and the mark of a repeated answer."""
        serializer = self.get_response_serializers()
        if isinstance(serializer, dict):
            serializer = next(iter(serializer.values()), None)
        model = getattr(getattr(serializer, "Meta", None), "model", None)
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        for status in ("200", "201"):
            response = operation["responses"].get(status)
            if response is None:
                continue
            headers = response.setdefault("headers", {})
            if hasattr(model, "etag") and not self._is_list_view():
                headers["ETag"] = ETAG
            if "Idempotency-Key" in names:
                headers["Idempotent-Replayed"] = REPLAYED
            if not headers:
                del response["headers"]

    def _put_problems(self, operation: dict[str, Any]) -> None:
        names = {parameter["name"] for parameter in operation.get("parameters", ())}
        statuses = [*GENERAL, *(WRITING if self.method not in SAFE_METHODS else ())]
        statuses += PRECONDITION if "If-Match" in names else getattr(self.view, "other_problems", ())
        refusals = getattr(self.view, "refusals", {})
        for status in sorted(statuses):
            own = self.resolve_serializer(refusals[status], "response").ref if status in refusals else None
            operation["responses"].setdefault(status, problem_response_of(status, own))


def _usual_words(schema: DocumentedSchema) -> str:
    """For views that say nothing themselves."""
    if schema._is_transition():
        return "Take this step of the document. Answers it as it then is."
    if schema.path.endswith("/events/"):
        return "The trail of the document, oldest first."
    if schema._is_list_view():
        return "The rows within scope, a page at a time."
    return "" if schema.method != "GET" else "One document within scope."


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
    if hasattr(view, "document") and not hasattr(view, "orderings") and hasattr(view, "shown"):
        names.add("fields")
    if getattr(view, "includes", ()):
        names.add("include")
    return names


def add_problem_schema(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Post-processing hook: the problem body stands once among the components."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    return result
