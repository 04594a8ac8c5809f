from django.urls import path

from core import views

urlpatterns = [
    path("login/", views.SignInView.as_view(), name="login"),
    path("logout/", views.SignOutView.as_view(), name="logout"),
    path("language/", views.choose_language, name="language"),
    path("theme/", views.choose_theme, name="theme"),
    path("single-keys/", views.choose_single_keys, name="single-keys"),
    path("ui/", views.ComponentsView.as_view(), name="ui"),
    path("ui/job/", views.sample_job, name="ui-job"),
]
