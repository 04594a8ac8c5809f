from django.urls import path

from core.api.endpoints import FileView, JobView, SettingsView
from core.api.feed import EventFeedView

urlpatterns = [
    path("events/", EventFeedView.as_view(), name="api-events"),
    path("jobs/<uuid:uid>/", JobView.as_view(), name="api-job"),
    path("settings/", SettingsView.as_view(), name="api-settings"),
    path("files/<uuid:uid>/", FileView.as_view(), name="api-file"),
]
