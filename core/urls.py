from django.urls import include, path

from core import views
from core.views_files import FilePage
from core.views_jobs import JobPage
from core.views_tokens import MyTokensPage, RevokeMyTokenPage

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", views.SignOutView.as_view(), name="logout"),
    path("language/", views.choose_language, name="language"),
    path("theme/", views.choose_theme, name="theme"),
    path("single-keys/", views.choose_single_keys, name="single-keys"),
    path("files/<uuid:uid>/", FilePage.as_view(), name="file"),
    path("jobs/<uuid:uid>/", JobPage.as_view(), name="job"),
    path("my/tokens/", MyTokensPage.as_view(), name="my_tokens"),
    path("my/tokens/<str:prefix>/revoke/", RevokeMyTokenPage.as_view(), name="my_token_revoke"),
    path("", include("core.imports.urls")),
    path("ui/", views.ComponentsView.as_view(), name="ui"),
    path("ui/job/", views.sample_job, name="ui-job"),
]
