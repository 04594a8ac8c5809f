from django.urls import path

from core.imports import views

urlpatterns = [
    path("imports/", views.ImportsPage.as_view(), name="imports"),
    path("imports/new/", views.NewImportPage.as_view(), name="import_new"),
    path("imports/templates/<slug:kind>/", views.ImportTemplatePage.as_view(), name="import_template"),
    path("imports/<str:number>/", views.ImportBatchPage.as_view(), name="import_batch"),
    path("imports/<str:number>/columns/", views.ImportMappingPage.as_view(), name="import_mapping"),
    path("imports/<str:number>/commit/", views.CommitImportPage.as_view(), name="import_commit"),
    path("imports/<str:number>/undo/", views.UndoImportPage.as_view(), name="import_undo"),
    path("imports/<str:number>/problems/", views.ImportProblemsPage.as_view(), name="import_problems"),
]
