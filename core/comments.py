"""Remarks people leave on a document: part of its trail, seen by whoever may see the document (SY-08).

    add_comment(quote, text=…, actor=user)            # the service; needs `core.comment`
    class QuoteCommentPage(CommentPage): …            # core.views_comments, for the page
    class QuoteCommentsView(DocumentCommentsView): …  # core.api.comments, for the API

The auditor reads them and writes none.
"""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.errors import FieldProblem, InvalidInput
from core.models import Document, Event, User
from core.trail import Fact, record_event
from core.transactions import unit_of_work
from core.workflow import require_permission

COMMENT_PERMISSION = "core.comment"
COMMENT = Fact("comment", gettext_noop("Comment"), rule="SY-08")
LONGEST_COMMENT = 2_000


@unit_of_work
def add_comment(document: Document, *, text: str, actor: User) -> Event:
    """Write a comment into the document's trail. It cannot be changed or taken back. One statement."""
    require_permission(actor, COMMENT_PERMISSION, rule="SY-08")
    text = text.strip()
    if not text or len(text) > LONGEST_COMMENT:
        detail = _("Write a comment of at most %(most)s characters.") % {"most": LONGEST_COMMENT}
        raise InvalidInput(
            detail, problems=[FieldProblem("#/text", "required" if not text else "too_long", detail)]
        )
    return record_event(document, COMMENT, actor=actor, note=text)
