from __future__ import annotations

import hashlib
from typing import Any

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.clock import now
from core.models import ApiToken, User


def hash_token(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


class BearerTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. Revocation, expiry and deactivation act on the next call. One query."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(token_hash=hash_token(secret.decode("ascii", "replace").strip()))
            .first()
        )
        if token is None or token.revoked_at or token.expires_at <= now() or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def token_scopes(request: Any) -> frozenset[str] | None:
    """The scopes of the token in use; None for a signed-in person, whose roles alone decide."""
    return frozenset(request.auth.scopes) if isinstance(request.auth, ApiToken) else None
