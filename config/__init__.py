"""Wires the apps together: settings, URLs, Celery, roles. Holds no rules and owns no tables."""

from config.celery import app as celery_app

__all__ = ["celery_app"]
