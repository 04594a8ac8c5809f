"""API clients with a token of their own."""

from __future__ import annotations

from rest_framework.test import APIClient

from core.models import User
from core.tokens import issue_token


def client_for(user: User, *scopes: str, actor: User | None = None) -> APIClient:
    """A client that carries a token of this person, answered in English. For an API client `actor` makes it."""
    issued = issue_token(user, name="test", scopes=list(scopes), days=1, actor=actor or user)
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {issued.secret}", HTTP_ACCEPT_LANGUAGE="en")
    return client
