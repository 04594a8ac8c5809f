"""Core's own invariants, run by `manage.py verify_books` (see `core.books`)."""
