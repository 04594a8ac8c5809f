"""The caller's address, used for locking out password guessers."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """The address our own outermost proxy saw. Entries further left in X-Forwarded-For are the caller's own
    claim, so a forged header cannot start a new count of failures."""
    remote = str(request.META.get("REMOTE_ADDR", ""))
    hops = settings.PROXY_COUNT
    if not hops:
        return remote
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    return forwarded[-hops] if len(forwarded) >= hops else remote
