from __future__ import annotations

from typing import Any

from django.core.cache import cache
from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.request import Request

from core import context
from core.api.hashing import hash_token
from core.clock import now
from core.models import ApiToken, User

__all__ = ["BearerTokenAuthentication", "hash_token", "token_scopes"]

MOST_BAD_TOKENS = 20
BAD_TOKEN_WINDOW = 5 * 60  # seconds


class BearerTokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer …`. Revocation, expiry and deactivation act on the next call. One query.

    Guesses are counted per address in the cache that all processes share; a good token costs nothing extra.
    """

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        scheme, _space, secret = get_authorization_header(request).partition(b" ")
        if scheme.lower() != b"bearer":
            return None
        token = (
            ApiToken.objects.select_related("user")
            .filter(token_hash=hash_token(secret.decode("ascii", "replace").strip()))
            .first()
        )
        if token is None:
            _count_guess()
        if token is None or token.revoked_at or token.expires_at <= now() or not token.user.is_active:
            raise AuthenticationFailed(_("The token is unknown, expired or revoked."))
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


def token_scopes(request: Any) -> frozenset[str] | None:
    """The scopes of the token in use; None for a signed-in person, whose roles alone decide."""
    return frozenset(request.auth.scopes) if isinstance(request.auth, ApiToken) else None


def _count_guess() -> None:
    """Refuse with 429 after too many unknown tokens from one address. The log names the address, not the
    token."""
    key = f"bad-token:{context.current().source_address or 'unknown'}"
    if cache.add(key, 1, BAD_TOKEN_WINDOW):
        return
    try:
        guesses = cache.incr(key)
    except ValueError:  # it has just run out
        return
    if guesses > MOST_BAD_TOKENS:
        raise Throttled(wait=BAD_TOKEN_WINDOW)
