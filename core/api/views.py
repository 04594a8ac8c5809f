"""Base classes of every endpoint: scope of the token, role, strict parameters, lists, documents, transitions.

    class OrdersView(ListView):                       # GET list (+ POST in the subclass)
        required_scope = "orders"            # token needs orders:read for GET, orders:write otherwise
        permissions = {"GET": "orders.view", "POST": "orders.enter"}
        filters = ("status", "customer")              # the parameters it knows beside the common ones
        orderings = {"created": "created_at", "number": "number"}
        default_ordering = "-created"
        updated_field = "changed_at"                  # column or annotation behind ?updated_since=
        search_fields = ("number", "customer__name")
        includes = ("lines",)
        serializer_class = OrderOut
        def rows(self): return Order.objects.visible_to(self.request.user).for_display()
        def narrow(self, rows): …                     # apply `filters`

    class OrderView(DocumentView):                    # GET detail with ETag
        def documents(self): return Order.objects.visible_to(self.request.user)

    class SubmitView(TransitionView):                 # POST /orders/{number}/submit/ with If-Match
        permissions = {"POST": "orders.submit"}
        def act(self, document, *, version, body): return submit_order(document, version=version, …)

    class GateOutView(TransitionView): is_idempotent = True  # moves money or stock: Idempotency-Key needed
    class OrderEventsView(DocumentEventsView): …                 # GET /orders/{number}/events/

The document is addressed by the URL keyword `number`. Out of scope is 404, exactly as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api import query
from core.api.auth import token_scopes
from core.api.etag import require_if_match, with_etag
from core.api.idempotency import idempotent
from core.api.pagination import paginate
from core.api.parsers import SafeJSONParser, SafeMultiPartParser, is_storable_text
from core.api.schema import PAGE, DocumentedSchema
from core.errors import FieldProblem, InvalidInput, NotFound, PermissionDenied
from core.feeds import events_of_kinds_open_to
from core.labels import label_of
from core.models import Event, User
from core.transactions import record_turned_away
from core.workflow import require_permission

LIST_PARAMETERS = ("limit", "cursor", "ordering")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class ScopeMissing(PermissionDenied):
    """The token was not given this part of the API."""

    code = "scope_missing"


class ApiView(APIView):
    """Token scope, role, and parameters are checked before any handler runs."""

    schema = DocumentedSchema()
    parser_classes: Sequence[Any] = (SafeJSONParser,)
    required_scope = ""
    permissions: Mapping[str, str] = {}
    parameters: Sequence[str] = ()

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not all(is_storable_text(value) for value in kwargs.values() if isinstance(value, str)):
            raise NotFound()
        self._require_scope(request)
        permission = self.permissions.get("GET" if request.method == "HEAD" else request.method or "", "")
        if permission:
            self._require_permission(permission)
        if isinstance(self.request.user, User):
            self.user.come_through(
                self.door_of(permission)
            )  # visible_to counts only the roles that opened it (RG-02)
        query.refuse_unknown_parameters(request.query_params, self.known_parameters())

    def known_parameters(self) -> set[str]:
        return set(self.parameters)

    def read(self, serializer_class: type[serializers.Serializer[Any]], **kwargs: Any) -> dict[str, Any]:
        """The validated body; an unknown field is an error, not ignored."""
        data = self.request.data
        serializer = serializer_class(data=data, context={"request": self.request, "view": self}, **kwargs)
        if not isinstance(data, Mapping):
            raise InvalidInput(problems=[FieldProblem("#", "not_an_object", "")])
        unknown = sorted(set(data) - set(serializer.fields))
        if unknown:
            raise InvalidInput(
                code="unknown_field",
                problems=[FieldProblem(f"#/{name}", "unknown_field", "") for name in unknown],
            )
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def answer(self, request: Request, result: Any) -> Response:
        """The answer of a creating POST, from what the service returned; see `core.api.idempotency`."""
        raise NotImplementedError

    def door_of(self, permission: str) -> str | tuple[str, ...]:
        """The permissions under which this request acts, where several open the endpoint."""
        return permission

    def _require_permission(self, permission: str) -> None:
        """Refused acts are kept in the trail; refused looks are not (AU-01)."""
        try:
            require_permission(self.user, permission)
        except PermissionDenied as error:
            if self.request.method not in SAFE_METHODS:
                match = self.request.resolver_match
                door = match.view_name if match else type(self).__name__
                number = str(self.kwargs.get("number", ""))
                record_turned_away(error, door=door, number=number, actor=self.user)
            raise

    def _require_scope(self, request: Request) -> None:
        scopes = token_scopes(request)
        if scopes is None or not self.required_scope:
            return
        enough = {f"{self.required_scope}:write"}
        if request.method in SAFE_METHODS:
            enough.add(f"{self.required_scope}:read")
        if not enough & scopes:
            raise ScopeMissing(scope=sorted(enough)[0])


class UploadMixin:
    """For endpoints that take a file: multipart beside JSON."""

    parser_classes: Sequence[Any] = (SafeMultiPartParser, SafeJSONParser)


class FieldsMixin:
    """`?fields=number,total` gives only those."""

    request: Any
    serializer_class: type[serializers.Serializer[Any]]

    def serialize(self, value: Any, *, many: bool = False) -> Any:
        serializer = self.serializer_class(value, many=many, context={"request": self.request, "view": self})
        fields: Any = serializer.child.fields if many else serializer.fields  # type: ignore[attr-defined]
        includes = set(query.names(self.request, "include", getattr(self, "includes", ())))
        for name in getattr(self, "includes", ()):
            if name not in includes and name in fields:
                fields.pop(name)
        wanted = query.names(self.request, "fields", list(fields))
        if wanted:
            for name in [name for name in fields if name not in wanted]:
                fields.pop(name)
        return serializer.data

    def included(self) -> set[str]:
        return set(query.names(self.request, "include", getattr(self, "includes", ())))


class ListView(FieldsMixin, ApiView):
    """GET: a cursor page, with the common parameters and the list's own."""

    envelope = PAGE

    filters: Sequence[str] = ()
    orderings: Mapping[str, str] = {"id": "pk"}
    default_ordering = "-id"
    updated_field = ""
    search_fields: Sequence[str] = ()
    includes: Sequence[str] = ()

    def known_parameters(self) -> set[str]:
        if self.request.method not in SAFE_METHODS:
            return set(self.parameters)
        known = {*self.parameters, *self.filters, *LIST_PARAMETERS, "fields"}
        known |= {"include"} if self.includes else set()
        known |= {"q"} if self.search_fields else set()
        return known | ({"updated_since"} if self.updated_field else set())

    def rows(self) -> QuerySet[Any]:
        """What the caller may see: always starts from `visible_to`."""
        raise NotImplementedError

    def narrow(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Apply the list's own filters, read with `core.api.query`."""
        return rows

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        rows = self._search(self.narrow(self.rows()))
        since = query.moment(request, "updated_since") if self.updated_field else None
        if since is not None:
            rows = rows.filter(**{f"{self.updated_field}__gte": since})
        page = paginate(rows, request, orderings=self.orderings, default=self.default_ordering)
        return Response(page.body(self.serialize(page.results, many=True)))

    def _search(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        sought = query.text(self.request, "q") if self.search_fields else ""
        for word in sought.split()[:5]:
            found = Q()
            for name in self.search_fields:
                found |= Q(**{f"{name}__icontains": word})
            rows = rows.filter(found)
        return rows


class DocumentMixin:
    """Finds the document of the URL within the caller's scope."""

    request: Any
    kwargs: dict[str, Any]
    lookup_field = "number"

    def documents(self) -> QuerySet[Any]:
        """What the caller may see: always starts from `visible_to`."""
        raise NotImplementedError

    def document(self) -> Any:
        document = self.documents().filter(**{self.lookup_field: self.kwargs["number"]}).first()
        if document is None:
            raise NotFound()
        return document


class DocumentView(FieldsMixin, DocumentMixin, ApiView):
    """GET: one document with its ETag; master data without a version has none."""

    includes: Sequence[str] = ()

    def known_parameters(self) -> set[str]:
        if self.request.method not in SAFE_METHODS:
            return set(self.parameters)
        return {*self.parameters, "fields"} | ({"include"} if self.includes else set())

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.shown(self.document())

    def shown(self, document: Any, status: int = 200) -> Response:
        response = Response(self.serialize(document), status=status)
        return with_etag(response, document) if hasattr(document, "etag") else response


class NoteSerializer(serializers.Serializer[Any]):
    """The body of most transitions."""

    note = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class TransitionView(DocumentView):
    """POST: one move of a document, with If-Match; answers the document as it then is.

    `act` returns the service's result; `answer` makes the response from it (the document, read again, by
    default). Where no key is required, one that is sent is honoured all the same.
    """

    http_method_names = ("post", "options")
    body_serializer: type[serializers.Serializer[Any]] = NoteSerializer
    is_idempotent = False

    def act(self, document: Any, *, version: int, body: dict[str, Any]) -> Any:
        raise NotImplementedError

    def post(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if self.is_idempotent or "Idempotency-Key" in request.headers:
            return self._post_once(request, *args, **kwargs)
        return self.answer(request, self._act())

    @idempotent
    def _post_once(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        return self._act()

    def _act(self) -> Any:
        document = self.document()
        version = require_if_match(self.request, document)
        return self.act(document, version=version, body=self.read(self.body_serializer))

    def answer(self, request: Request, result: Any) -> Response:
        return self.shown(self.document())

    @staticmethod
    def note_of(body: Mapping[str, Any]) -> str:
        """The caller's words, whether sent as note or as reason."""
        return str(body.get("note") or body.get("reason") or "")


class EventSerializer(serializers.ModelSerializer[Event]):
    """One act of the trail, as a document's history shows it."""

    id = serializers.UUIDField(source="uid")
    position = serializers.CharField(source="pk", help_text="Give it as ?after= to read on from here.")
    label = serializers.SerializerMethodField()  # type: ignore[assignment]
    actor = serializers.SerializerMethodField()
    outcome_label = serializers.CharField(source="get_outcome_display")

    class Meta:
        model = Event
        fields = (
            "id",
            "position",
            "sequence",
            "at",
            "business_date",
            "document_type",
            "document_number",
            "root_number",
            "name",
            "label",
            "outcome",
            "outcome_label",
            "from_status",
            "to_status",
            "rule",
            "actor",
            "channel",
            "note",
            "data",
        )

    def get_label(self, event: Event) -> str:
        return label_of(event)

    def get_actor(self, event: Event) -> str | None:
        return event.actor.username if event.actor else None


class DocumentEventsView(DocumentMixin, ListView):
    """GET `/{document}/events/`: the trail of the matter, oldest first, as far as the person's role reads it.

    A picker sees what happened to the goods, not the money of the order. Refused attempts stay inside the
    house: API clients do not see them.
    """

    serializer_class = EventSerializer
    orderings = {"position": "pk"}
    default_ordering = "position"

    def rows(self) -> QuerySet[Any]:
        events = events_of_kinds_open_to(self.user, self.document().events()).select_related("actor")
        return events.filter(outcome=Event.Outcome.DONE) if self.user.is_service else events
