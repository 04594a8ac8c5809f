from django.urls import path

from aftersales.views import SurveysView

urlpatterns = [path("surveys/", SurveysView.as_view(), name="surveys")]
