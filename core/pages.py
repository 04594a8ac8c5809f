"""Base classes of our pages: staff only, by permission, business errors at the field or as a message.

    class OrderListPage(StaffPage, TemplateView): permission = "orders.view"

    class OrderNewPage(ServiceFormPage):              # a form whose `act` calls one service
        form_class, template_name, permission = OrderForm, "orders/order_form.html", "orders.enter"
        def act(self, form): return place_order(..., actor=self.user)   # an address, or an object with one

    class SubmitOrderPage(TransitionPage):            # POST only: version, note; back to the document
        permission = "orders.submit"
        def documents(self): return Order.objects.visible_to(self.user)
        def act(self, document, *, version, note): return submit_order(document, version=version, …)
        done_message = _("%(number)s was submitted.")

A refused form comes back with status 422, everything typed still in it. A refused transition goes back to the
document with the reason as a message; nothing was changed.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied as PageForbidden
from django.db.models import QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.generic import FormView, View

from core.errors import BusinessError, InvalidInput, PermissionDenied
from core.form_once import AlreadySent, sent_once
from core.models import User
from core.transactions import record_turned_away

VERSION = re.compile(r"\d{1,9}", re.ASCII)


class StaffPage(AccessMixin, View):
    """A page for signed-in staff. `permission` empty = all of them; a tuple = any of these.

    `write_permission`: what sending its form takes, where looking at the page takes less. Who is turned away
    from an act is kept in the trail like every refusal (AU-01). `visible_to` counts behind the page only the
    roles that opened it: reading all desks does not let one act on them (RG-02).
    """

    permission: str | tuple[str, ...] = ""
    write_permission = ""

    @property
    def user(self) -> User:
        return self.request.user  # type: ignore[return-value]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(_page_left(request))
        self.require_permission()
        return super().dispatch(request, *args, **kwargs)

    def require_permission(self) -> None:
        """Raise 403 unless the person's role opens this page; an API client never signs in to pages."""
        is_act = self.request.method not in ("GET", "HEAD", "OPTIONS")
        permission = self.write_permission if is_act and self.write_permission else self.permission
        needed = (permission,) if isinstance(permission, str) else permission
        if self.user.is_service or (any(needed) and not any(self.user.may(name) for name in needed)):
            if is_act:
                self._record_turned_away(needed[0])
            raise PageForbidden(_("Your role does not open this page."))
        self.user.come_through(needed)

    def _record_turned_away(self, permission: str) -> None:
        error = PermissionDenied(rule="IC-01", permission=permission)
        door = self.request.resolver_match.view_name if self.request.resolver_match else ""
        record_turned_away(error, door=door, number=self.kwargs.get("number", ""), actor=self.user)


def _page_left(request: HttpRequest) -> str:
    """Where to be after signing in: this page, or for a form the page on which it stood."""
    if request.method in ("GET", "HEAD"):
        return request.get_full_path()
    left = urlsplit(request.headers.get("Referer", ""))
    is_ours = left.netloc == request.get_host() and left.path.startswith("/")
    return urlunsplit(("", "", left.path, left.query, "")) if is_ours else "/"


def visible_or_404(rows: QuerySet[Any], **lookup: Any) -> Any:
    """One row of a scoped queryset; out of scope and unknown look alike."""
    if any(isinstance(value, str) and "\x00" in value for value in lookup.values()):
        raise Http404
    found = rows.filter(**lookup).first()
    if found is None:
        raise Http404
    return found


def put_error_on_form(form: Form, error: BusinessError) -> None:
    """Show a business error where it belongs: `#/quantity` at that field, the rest above the form."""
    placed = False
    for problem in error.problems:
        name = problem.pointer.removeprefix("#/")
        if name in form.fields:
            form.add_error(name, problem.detail)
        else:
            form.add_error(None, problem.detail or error.message)
        placed = True
    if not placed:
        form.add_error(None, str(error))


def say_error(request: HttpRequest, error: BusinessError) -> None:
    """A business error as a message, with its rule; each problem on its own."""
    for text in [problem.detail for problem in error.problems if problem.detail] or [str(error)]:
        messages.error(request, text)


def safe_next(request: HttpRequest, default: str) -> str:
    """Where to go back to: the form's `next` if it is an address of ours."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if wanted and is_ours else default


class ServiceFormPage(StaffPage, FormView):
    """A form page that calls one service; its refusal comes back into the form.

    `{% form_key %}` in its template makes a form that creates something work once (core.form_once).
    """

    done_message: Any = ""

    def act(self, form: Any) -> Any:
        raise NotImplementedError

    def form_valid(self, form: Any) -> HttpResponse:
        key, route = self.request.POST.get("form_key", ""), self.request.path
        try:
            with sent_once(self.user, key=key, route=route, address=_address):
                result = self.act(form)
        except AlreadySent as error:
            messages.info(self.request, str(error))
            return HttpResponseRedirect(error.address or self.get_success_url())
        except BusinessError as error:
            put_error_on_form(form, error)
            return self.form_invalid(form)
        if self.done_message:
            messages.success(self.request, _said(self.done_message, result))
        return HttpResponseRedirect(_address(result) or self.get_success_url())

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class TransitionPage(StaffPage):
    """POST a step of a document: `version` as the page showed it, `note` as typed; then back to the
    document."""

    http_method_names = ("post", "options")
    done_message: Any = ""
    lookup_field = "number"

    def documents(self) -> QuerySet[Any]:
        raise NotImplementedError

    def act(self, document: Any, *, version: int, note: str) -> Any:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        document = visible_or_404(self.documents(), **{self.lookup_field: kwargs["number"]})
        back = safe_next(request, document.get_absolute_url())
        try:
            version = seen_version(request)
            self.act(document, version=version, note=request.POST.get("note", "").replace("\x00", ""))
        except BusinessError as error:
            say_error(request, error)
            return HttpResponseRedirect(back)
        if self.done_message:
            messages.success(request, _said(self.done_message, document))
        return HttpResponseRedirect(back)


# The name under which the contract of the parts speaks of it.
TransitionView = TransitionPage


def seen_version(request: HttpRequest) -> int:
    """The version in the page the person acted on; a form without one shows nobody what was decided (AP-07)."""
    given = request.POST.get("version", "")
    if not VERSION.fullmatch(given):
        raise InvalidInput(
            _("The form does not say which version you saw. Reload the page and decide again."),
            rule="AP-07",
            code="version_missing",
        )
    return int(given)


def _said(message: Any, subject: Any) -> str:
    return str(message) % {"number": getattr(subject, "number", subject)}


def _address(result: Any) -> str:
    if isinstance(result, str):
        return result
    return str(result.get_absolute_url()) if hasattr(result, "get_absolute_url") else ""
