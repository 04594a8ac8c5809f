"""The common manners of the REST API: tokens, problem+json, idempotency keys, ETags, cursor pages."""
