"""Collects each app's API under /api/v1/: an app offers `api_urls.urlpatterns` with its own path prefixes."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path


def api_urlpatterns() -> list[URLPattern | URLResolver]:
    # The last first: `contracts/register/` belongs to reports and comes before orders' `contracts/<number>/`.
    apps = reversed(settings.LOCAL_APPS)
    modules = [f"{app}.api_urls" for app in apps if find_spec(f"{app}.api_urls")]
    return [path("", include(import_module(module))) for module in modules]


urlpatterns = api_urlpatterns()
