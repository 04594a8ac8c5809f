"""Strong ETags of documents: nobody changes a state he has not seen (AP-07).

version = require_if_match(request, order)       # 428 without If-Match, 412 when it is stale
approve_order(order, version=version, actor=request.user)
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.response import Response

from core.errors import BusinessError, StaleVersion
from core.models import Document


class PreconditionRequired(BusinessError):
    """A change needs the ETag of the state the caller saw."""

    code, rule, http_status = "if_match_required", "AP-07", 428

    @classmethod
    def default_message(cls) -> str:
        return _("Send If-Match with the ETag of the state you saw.")


def require_if_match(request: Request, document: Document) -> int:
    """The version the caller saw. `*` is not taken: it would say that nobody looked."""
    given = request.headers.get("If-Match", "").strip()
    if not given or given == "*":
        raise PreconditionRequired(etag=document.etag)
    if document.etag not in [tag.strip() for tag in given.split(",")]:
        raise StaleVersion(
            _("%(number)s has changed since you read it. Read it again and decide again.")
            % {"number": document.number},
            version=document.version,
            etag=document.etag,
        )
    return document.version


def with_etag(response: Response, document: Document) -> Response:
    response["ETag"] = document.etag
    return response
