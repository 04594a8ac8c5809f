"""The base of every admin page: permissions of our roles, nothing deleted, read-only unless a class says
more.

    @admin.register(Customer)
    class CustomerAdmin(BusinessAdmin):
        view_permission = "customers.view"         # also needed to see it in the index
        add_permission = change_permission = ""    # empty: nobody
        def get_queryset(self, request): return self.scoped(request, super().get_queryset(request))

An action calls a service per row and reports what became of each:

        @admin.action(description=_("Approve"))
        def approve(self, request, rows):
            self.each(request, rows, lambda order: approve_order(order, version=order.version, actor=…))

Being superuser opens nothing here (IC-01).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin

from core.errors import BusinessError
from core.transactions import record_refused


class BusinessAdmin(ModelAdmin):
    """Who may do what is decided by roles; Django's own permission rows are not consulted."""

    view_permission: str | tuple[str, ...] = ""
    add_permission = ""
    change_permission = ""
    list_per_page = 50
    show_full_result_count = False
    list_fullwidth = True
    warn_unsaved_form = True

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        needed = (self.view_permission,) if isinstance(self.view_permission, str) else self.view_permission
        return any(_may(request, name) for name in needed)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return _may(request, self.add_permission)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return _may(request, self.change_permission)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        actions.pop("delete_selected", None)
        return actions

    def scoped(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows within the person's scope, by the model's own `visible_to`.

        A form is sent under the permission to change, where there is one (RG-02).
        """
        may_change = self.change_permission if request.method == "POST" else ""
        permission = may_change or self.view_permission
        return rows & self.model.objects.visible_to(request.user, permission=permission)

    def each(self, request: HttpRequest, rows: Iterable[Any], act: Callable[[Any], Any]) -> int:
        """Call a service for each row; refusals are said row by row, the rest goes on. Returns how many were
        done."""
        done = 0
        for row in rows:
            try:
                act(row)
                done += 1
            except BusinessError as error:
                self.message_user(request, f"{row}: {error}", messages.ERROR)
        if done:
            text = ngettext("%(count)s row done.", "%(count)s rows done.", done) % {"count": done}
            self.message_user(request, text, messages.SUCCESS)
        return done

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """A refused save is said on the same page; nothing was changed, and the trail keeps the attempt."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except BusinessError as error:
            record_refused(error)
            self.refuse(request, error)
            return HttpResponseRedirect(request.get_full_path())

    def refuse(self, request: HttpRequest, error: BusinessError) -> None:
        """Say why a save was refused."""
        for text in [problem.detail for problem in error.problems if problem.detail] or [str(error)]:
            self.message_user(request, text, messages.ERROR)


class ReadOnlyAdmin(BusinessAdmin):
    """For ledgers and trails: looked at, never touched."""

    add_permission = change_permission = ""
    actions: tuple[str, ...] = ()


def _may(request: HttpRequest, permission: str) -> bool:
    user: Any = request.user
    return bool(permission) and user.is_authenticated and user.is_active and user.may(permission)
