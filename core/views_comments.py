"""The comment box of a document's page.

    class QuoteCommentPage(CommentPage):
        def documents(self): return Quote.objects.visible_to(self.user)

The page includes `components/comment_box.html` with `document` and the address: it posts `text`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _

from core.comments import COMMENT_PERMISSION, add_comment
from core.errors import BusinessError
from core.form_once import AlreadySent, sent_once
from core.pages import StaffPage, say_error, visible_or_404


class CommentPage(StaffPage):
    """POST a comment on a document the person may see; back to its history."""

    permission = COMMENT_PERMISSION
    view_permission = ""
    """What seeing the document takes."""
    http_method_names = ("post", "options")

    def documents(self) -> QuerySet[Any]:
        raise NotImplementedError

    def back_to(self, document: Any) -> str:
        """Where the page shows its history."""
        return f"{document.get_absolute_url()}#history"

    def require_permission(self) -> None:
        super().require_permission()
        if self.view_permission:
            self.user.come_through(self.view_permission)

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        document = visible_or_404(self.documents(), number=number)
        back = self.back_to(document)
        text, key = request.POST.get("text", "").replace("\x00", ""), request.POST.get("form_key", "")
        try:
            with sent_once(self.user, key=key, route=request.path, address=lambda event: back):
                add_comment(document, text=text, actor=self.user)
            messages.success(request, _("The comment was added."))
        except AlreadySent as error:
            messages.info(request, str(error))
        except BusinessError as error:
            say_error(request, error)
        return HttpResponseRedirect(back)
