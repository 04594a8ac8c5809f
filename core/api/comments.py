"""GET and POST `/{document}/comments/`, the same for every kind of document (SY-08).

class EnquiryCommentsView(DocumentCommentsView):
    required_scope = "orders"
    permissions = {"GET": "orders.view", "POST": COMMENT_PERMISSION}
    def documents(self): return Enquiry.objects.visible_to(self.request.user)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.fields import TextField
from core.api.idempotency import idempotent
from core.api.parsers import is_storable_text
from core.api.views import DocumentMixin, EventSerializer, ListView
from core.comments import COMMENT, COMMENT_PERMISSION, add_comment
from core.models import Event


class CommentIn(serializers.Serializer[Any]):
    text = TextField(max_length=2000)

    def validate_text(self, text: str) -> str:
        if not is_storable_text(text):
            raise serializers.ValidationError("", code="bad_character")
        return text


class DocumentCommentsView(DocumentMixin, ListView):
    """GET: the comments, oldest first. POST: add a comment; it stays in the trail."""

    permissions: Mapping[str, str] = {"GET": "orders.view", "POST": COMMENT_PERMISSION}
    serializer_class = EventSerializer
    orderings = {"position": "pk"}
    default_ordering = "position"

    def rows(self) -> QuerySet[Event]:
        return self.document().events().named(COMMENT.name).select_related("actor")

    @extend_schema(request=CommentIn, responses={201: EventSerializer})
    @idempotent
    def post(self, request: Request, number: str) -> Event:
        self.user.come_through(self.permissions["GET"])  # whoever may see it
        return add_comment(self.document(), text=self.read(CommentIn)["text"], actor=self.user)

    def answer(self, request: Request, result: Any) -> Response:
        written = Event.objects.select_related("actor").get(pk=result.pk)  # with its number in the trail
        return Response(EventSerializer(written).data, status=201)
