"""Every address of the site. An app owns its prefixes; home is in reports, sign-in and files in core."""

from importlib.util import find_spec

from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from core.health import answer_live, answer_ready

handler500 = "core.views.show_failure"

urlpatterns = [
    path("health/live", answer_live, name="health-live"),
    path("health/ready", answer_ready, name="health-ready"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("config.api")),
    path("api/schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
    # The last first: `contracts/register/` belongs to reports and comes before orders' `contracts/<number>/`.
    *(path("", include(f"{app}.urls")) for app in reversed(settings.LOCAL_APPS) if find_spec(f"{app}.urls")),
]
