from django.urls import path

from reports.api import MonthlyReportView

urlpatterns = [path("reports/monthly/", MonthlyReportView.as_view(), name="api-monthly-report")]
