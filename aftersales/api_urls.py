from django.urls import path

from aftersales.api import DueSurveysView, SurveysView

urlpatterns = [
    path("surveys/", SurveysView.as_view(), name="api-surveys"),
    path("surveys/due/", DueSurveysView.as_view(), name="api-surveys-due"),
]
