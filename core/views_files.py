"""Hands out files: only through here, only within scope, every download in the trail (AU-01, AU-03)."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase

from core.attachments import may_fetch, open_attachment
from core.models import Attachment, User
from core.pages import StaffPage
from core.trail import record_act
from core.transactions import unit_of_work

INLINE_TYPES = ("image/png", "image/jpeg")
POLICY = "default-src 'none'; img-src 'self'; style-src 'none'; sandbox"


class FilePage(StaffPage):
    """GET /files/<uid>/. A picture may be shown in its place with `?inline=1`; everything else is
    downloaded."""

    http_method_names = ("get", "head", "options")

    def get(self, request: HttpRequest, uid: uuid.UUID) -> HttpResponseBase:
        attachment = fetchable_or_404(uid, self.user)
        return file_response(attachment, is_inline=request.GET.get("inline") == "1")


def fetchable_or_404(
    uid: uuid.UUID, user: User, require: Callable[[Attachment], None] | None = None
) -> Attachment:
    """The file if the person may have it; the download is recorded. `require` may refuse it before."""
    attachment = Attachment.objects.filter(uid=uid).first()
    if attachment is None or not may_fetch(attachment, user):
        raise Http404
    if require is not None:
        require(attachment)
    _record_download(attachment, actor=user)
    return attachment


def file_response(attachment: Attachment, *, is_inline: bool = False) -> FileResponse:
    """The bytes, as harmless as a browser can be told to take them."""
    try:
        content: Any = open_attachment(attachment)
    except FileNotFoundError as error:
        raise Http404 from error
    is_shown = is_inline and attachment.content_type in INLINE_TYPES
    response = FileResponse(
        content, as_attachment=not is_shown, filename=attachment.name, content_type=attachment.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    response["Content-Security-Policy"] = POLICY
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


@unit_of_work
def _record_download(attachment: Attachment, *, actor: User) -> None:
    record_act(
        "file.download",
        actor=actor,
        subject=attachment.root_number or attachment.document_number,
        data={"file": str(attachment.uid), "name": attachment.name, "sha256": attachment.sha256},
    )
