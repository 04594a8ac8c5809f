"""Bearer tokens: issued once, kept as a hash, revoked at once (the API's contract, Auth).

    issued = issue_token(client, name="ERP", scopes=["orders:write"], days=365, actor=admin)
    issued.secret            # shown this once
    revoke_token(issued.token, actor=admin)

A client (`is_service`) is given tokens by the administrator. A person makes his own; nobody makes one for
another person, for the maker sees the secret and could act in the other's name.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.utils.translation import gettext as _

from core.api.hashing import hash_token
from core.clock import now
from core.errors import FieldProblem, InvalidInput, PermissionDenied
from core.models import ApiToken, User
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission

RESOURCES = (
    "customers",
    "catalogue",
    "stock",
    "orders",
    "reviews",
    "remittances",
    "bank",
    "dispatch",
    "aftersales",
    "reports",
    "events",
    "settings",
)
SCOPES = tuple(f"{resource}:{act}" for resource in RESOURCES for act in ("read", "write"))
MOST_DAYS = 365
PREFIX = re.compile(r"sd_[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """The row and, this once, the secret itself."""

    token: ApiToken
    secret: str


@unit_of_work
def issue_token(
    user: User, *, name: str, scopes: Sequence[str], days: int = MOST_DAYS, actor: User
) -> IssuedToken:
    """Make a token of 256 random bits. Raises InvalidInput for an unknown scope or too long a life."""
    _require_token_maker(user, actor)
    problems = []
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        detail = _("Choose from: %(scopes)s.") % {"scopes": ", ".join(SCOPES)}
        problems.append(FieldProblem("#/scopes", "unknown_scope", detail))
    if not 1 <= days <= MOST_DAYS:
        problems.append(FieldProblem("#/days", "out_of_range", _("A token lives 1 to 365 days.")))
    if not name.strip():
        problems.append(FieldProblem("#/name", "required", _("Give the token a name.")))
    if problems:
        raise InvalidInput(problems=problems)
    prefix = f"sd_{secrets.token_hex(4)}"
    secret = f"{prefix}_{secrets.token_urlsafe(32)}"
    token = ApiToken.objects.create(
        user=user,
        name=name.strip(),
        prefix=prefix,
        token_hash=hash_token(secret),
        scopes=sorted(set(scopes)),
        created_by=actor,
        expires_at=now() + timedelta(days=days),
    )
    record_act(
        "token.issue",
        actor=actor,
        subject=user.username,
        data={
            "prefix": prefix,
            "name": token.name,
            "scopes": token.scopes,
            "expires_at": token.expires_at.isoformat(),
        },
    )
    return IssuedToken(token, secret)


@unit_of_work
def revoke_token(token: ApiToken, *, actor: User) -> ApiToken:
    """End a token; its next call is refused. Revoking twice changes nothing."""
    if token.user_id != actor.pk:
        require_permission(actor, "core.manage_tokens")
    if ApiToken.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=now()):
        record_act("token.revoke", actor=actor, subject=token.user.username, data={"prefix": token.prefix})
    token.refresh_from_db()
    return token


def _require_token_maker(user: User, actor: User) -> None:
    if user.is_service:
        require_permission(actor, "core.manage_tokens")
    elif user.pk != actor.pk:
        raise PermissionDenied(
            _("A token of a person can only be made by that person, for whoever makes it sees the secret.")
        )
