"""Sign-in and sign-out, language, theme and keys of a person, and the living page of all components."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView, LogoutView
from django.forms import PasswordInput, TextInput
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, HttpResponseServerError
from django.shortcuts import render
from django.template.loader import get_template
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST
from django.views.generic import TemplateView

from core import ui_samples
from core.models import User

A_YEAR = 365 * 24 * 60 * 60
THEMES = ("auto", "light", "dark")


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _("The name or the password is wrong. Check both; the password is case-sensitive."),
        "inactive": _("This account is switched off. Ask the administrator to switch it on."),
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("User name")
        self.fields["username"].widget = TextInput(
            {"autocomplete": "username", "autofocus": True, "autocapitalize": "none", "spellcheck": "false"}
        )
        self.fields["password"].widget = PasswordInput({"autocomplete": "current-password"})

    def add_error(self, field: str | None, error: Any) -> None:
        """A wrong pair is shown at the password, where the person corrects it."""
        super().add_error("password" if field is None and "password" in self.fields else field, error)


def demo_people() -> list[User]:
    """The people of the demo company, to be tried one after another. Two queries."""
    return list(
        User.objects.filter(is_active=True, is_service=False, role_grants__isnull=False)
        .distinct()
        .prefetch_related("role_grants")
        .order_by("pk")[:40]
    )


class SignInView(LoginView):
    template_name = "registration/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        people = demo_people() if settings.DEMO else []
        return super().get_context_data(
            people=people, demo_password=getattr(settings, "DEMO_PASSWORD", ""), **kwargs
        )

    def get_initial(self) -> dict[str, Any]:
        return super().get_initial() | {"username": self.request.GET.get("username", "")}

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SignOutView(LogoutView):
    http_method_names = ["post", "options"]


def way_back(request: HttpRequest) -> str:
    """The page the person came from, if it is ours."""
    wanted = request.POST.get("next", "") or request.headers.get("Referer", "")
    if url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure()):
        return wanted
    return "/"


def remember(request: HttpRequest, name: str, value: str, *, cookie: str) -> HttpResponseRedirect:
    """Keep a choice on the person, and in a cookie for the pages before sign-in."""
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(**{name: value})
    response = HttpResponseRedirect(way_back(request))
    response.set_cookie(
        cookie, value, max_age=A_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
    )
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    language = request.POST.get("language", "")
    if language not in dict(settings.LANGUAGES):
        return HttpResponseRedirect(way_back(request))
    return remember(request, "language", language, cookie=settings.LANGUAGE_COOKIE_NAME)


@require_POST
def choose_theme(request: HttpRequest) -> HttpResponse:
    theme = request.POST.get("theme", "")
    if theme not in THEMES:
        return HttpResponseRedirect(way_back(request))
    return remember(request, "theme", theme, cookie="theme")


@require_POST
def choose_single_keys(request: HttpRequest) -> HttpResponse:
    """Single-letter shortcuts on or off, for people whose tools or habits they disturb."""
    if request.user.is_authenticated:
        is_on = request.POST.get("single_keys") != "off"
        User.objects.filter(pk=request.user.pk).update(uses_single_keys=is_on)
    return HttpResponseRedirect(way_back(request))


def show_failure(request: HttpRequest) -> HttpResponse:
    """The page of an unexpected failure. Reads nothing from the database, which may be what failed."""
    page = get_template("500.html").render({"request_id": getattr(request, "request_id", "")})
    return HttpResponseServerError(page)


class ComponentsView(LoginRequiredMixin, TemplateView):
    """Every component with sample values: the reference for authors, the fixture for accessibility tests."""

    template_name = "core/components.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**ui_samples.samples(), **kwargs)


@require_GET
def sample_job(request: HttpRequest) -> HttpResponse:
    """A finished job for the component page; nothing is stored."""
    return render(request, "core/sample_job.html", {"job": ui_samples.finished_job()})
