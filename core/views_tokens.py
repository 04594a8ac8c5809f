"""A person's own API tokens: issued on a page, shown once, revoked at any time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from core.clock import now
from core.errors import BusinessError
from core.models import ApiToken
from core.pages import StaffPage, put_error_on_form, visible_or_404
from core.tokens import MOST_DAYS, RESOURCES, IssuedToken, issue_token, revoke_token

MOST_SHOWN = 50
DEFAULT_DAYS = 90
PARTS = {
    "customers": gettext_lazy("Customers"),
    "catalogue": gettext_lazy("Products and prices"),
    "stock": gettext_lazy("Stock"),
    "orders": gettext_lazy("Orders"),
    "reviews": gettext_lazy("Check and reviews"),
    "remittances": gettext_lazy("Slips"),
    "bank": gettext_lazy("Bank lines"),
    "dispatch": gettext_lazy("Dispatch"),
    "aftersales": gettext_lazy("Surveys"),
    "reports": gettext_lazy("Reports"),
    "events": gettext_lazy("Feed of events"),
    "settings": gettext_lazy("Settings in force"),
}


class TokenForm(forms.Form):
    """What the token is for, which parts of the API it opens, and for how long."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        help_text=gettext_lazy("What you use it for"),
    )
    days = forms.IntegerField(
        label=gettext_lazy("Valid for (days)"), min_value=1, max_value=MOST_DAYS, initial=DEFAULT_DAYS
    )
    reads = forms.MultipleChoiceField(
        label=gettext_lazy("May read"), required=False, widget=forms.CheckboxSelectMultiple
    )
    writes = forms.MultipleChoiceField(
        label=gettext_lazy("May read and write"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reads"].choices = [(f"{name}:read", PARTS[name]) for name in RESOURCES]  # type: ignore[attr-defined]
        self.fields["writes"].choices = [(f"{name}:write", PARTS[name]) for name in RESOURCES]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = dict(super().clean() or {})
        if not self.errors and not given["reads"] + given["writes"]:
            self.add_error("reads", _("Choose at least one part of the API."))
        return given


class MyTokensPage(StaffPage):
    """GET: one's own tokens. POST: a new one; its secret is on the answer and nowhere else."""

    http_method_names = ("get", "head", "post", "options")

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._shown(TokenForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TokenForm(request.POST)
        if not form.is_valid():
            return self._shown(form, status=422)
        given = form.cleaned_data
        try:
            issued = issue_token(
                self.user,
                name=given["name"],
                scopes=[*given["reads"], *given["writes"]],
                days=given["days"],
                actor=self.user,
            )
        except BusinessError as error:
            put_error_on_form(form, error)
            return self._shown(form, status=422)
        return self._shown(TokenForm(), issued=issued)

    def _shown(
        self, form: TokenForm, *, issued: IssuedToken | None = None, status: int = 200
    ) -> HttpResponse:
        tokens = ApiToken.objects.filter(user=self.user).order_by("-pk")[:MOST_SHOWN]
        context = {"form": form, "issued": issued, "tokens": [_as_row(token) for token in tokens]}
        response = render(self.request, "core/my_tokens.html", context, status=status)
        response["Cache-Control"] = "no-store"
        return response


class RevokeMyTokenPage(StaffPage):
    """POST: end one of one's own tokens."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, prefix: str) -> HttpResponse:
        token = visible_or_404(ApiToken.objects.filter(user=self.user), prefix=prefix)
        revoke_token(token, actor=self.user)
        messages.success(request, _("The token %(name)s is revoked.") % {"name": token.name})
        return HttpResponseRedirect(reverse("my_tokens"))


def _as_row(token: ApiToken) -> dict[str, Any]:
    has_ended = token.expires_at <= now()
    state = _("revoked") if token.revoked_at else _("expired") if has_ended else _("in force")
    return {
        "token": token,
        "is_live": not token.revoked_at and not has_ended,
        "state": state,
        "meaning": "neutral" if token.revoked_at or has_ended else "done",
        "scopes": _scopes_in_words(token.scopes),
    }


def _scopes_in_words(scopes: list[str]) -> str:
    """ "Orders (write), Stock": reading goes without saying."""
    words = []
    for scope in scopes:
        part, _colon, act = scope.partition(":")
        label = str(PARTS.get(part, part))
        words.append(_("%(part)s (write)") % {"part": label} if act == "write" else label)
    return pgettext("between names of a list", ", ").join(words)
