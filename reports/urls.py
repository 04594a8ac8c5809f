from django.urls import path

from reports import views, views_analysis, views_export, views_monthly, views_register

urlpatterns = [
    path("", views.HomeView.as_view(), name="home"),
    path("work/tiles/", views.TilesView.as_view(), name="work_tiles"),
    path("work/<slug:slug>/", views.PileView.as_view(), name="work_pile"),
    path("palette/", views.PaletteView.as_view(), name="palette"),
    path("reports/monthly/", views_monthly.MonthlyReportView.as_view(), name="monthly_report"),
    path("reports/monthly/export/", views_export.ExportView.as_view(), name="monthly_export"),
    path("reports/monthly/<slug:kind>/", views_monthly.RowsView.as_view(), name="monthly_rows"),
    path("contracts/register/", views_register.RegisterPage.as_view(), name="contract_register"),
    path("contracts/register/take/", views_register.RegisterTakePage.as_view(), name="register_take"),
    path(
        "contracts/register/explain/", views_register.RegisterExplainPage.as_view(), name="register_explain"
    ),
    path("contracts/register/sign/", views_register.RegisterSignPage.as_view(), name="register_sign"),
    path("contracts/register/export/", views_register.RegisterExportPage.as_view(), name="register_export"),
    path(
        "reports/customer-analysis/",
        views_analysis.CustomerAnalysisPage.as_view(),
        name="customer_analysis",
    ),
    path(
        "reports/customer-analysis/export/",
        views_analysis.CustomerAnalysisExport.as_view(),
        name="customer_analysis_export",
    ),
]
