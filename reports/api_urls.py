from django.urls import path

from reports.api import MonthlyReportView
from reports.api_register import ContractRegisterView

urlpatterns = [
    path("reports/monthly/", MonthlyReportView.as_view(), name="api-monthly-report"),
    path("contracts/register/", ContractRegisterView.as_view(), name="api-contract-register"),
]
