from __future__ import annotations

import hashlib


def hash_token(secret: str) -> str:
    """What the database keeps of a token. Fast is right here: the secret has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
