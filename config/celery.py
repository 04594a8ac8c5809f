"""The Celery application. It only makes work prompt: what has to happen is first a row in the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("shundan")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
