"""People, settings, calendar, tokens, trail and notices in the admin."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.admin_base import BusinessAdmin, ReadOnlyAdmin
from core.admin_filters import WAYS_OF_NOTICE, ChannelFilter, DocumentTypeFilter, WayOfNoticeFilter
from core.admin_forms import CompanyBankForm, CompanyProfileForm, PersonForm, ProposalForm, TokenForm
from core.company import (
    CONFIRM,
    MAINTAIN,
    ProfileDraft,
    confirm_company_bank,
    maintain_company,
    propose_company_bank,
)
from core.delivery import retry_notice
from core.labels import label_of
from core.models import (
    ApiToken,
    CalendarDay,
    CompanyBank,
    CompanyProfile,
    Event,
    Notice,
    ParameterValue,
    User,
)
from core.parameters import PARAMETERS, confirm_parameter, propose_parameter, shown_value
from core.people import create_person, deactivate_person, reactivate_person, update_person
from core.roles import roles
from core.templatetags.ui import channel_name
from core.tokens import issue_token, revoke_token
from core.trail import record_act

admin.site.unregister(Group)


def _column(name: str, label: Any) -> Any:
    """A field as a column, under words of ours."""

    @admin.display(description=label, ordering=name)
    def shown(page: Any, row: Model) -> Any:
        value = getattr(row, name)
        return "—" if value in (None, "") else value

    return shown


@admin.register(User)
class PersonAdmin(BusinessAdmin):
    view_permission = ("core.manage_people", "core.view_trail")
    add_permission = change_permission = "core.manage_people"
    form = PersonForm
    fields = ("username", "display_name", "email", "language", "is_service", "roles", "new_password")
    list_display = ("full_name", "username", "role_names", "is_service", "is_active", "last_login")
    list_filter = ("is_active", "is_service", "role_grants__role")
    search_fields = ("display_name", "username")
    actions = ("close_access", "open_access")

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("role_grants")

    @admin.display(description=gettext_lazy("person's name"), ordering="display_name")
    def full_name(self, person: User) -> str:
        return person.display_name

    @admin.display(description=gettext_lazy("roles"))
    def role_names(self, person: User) -> str:
        return (
            ", ".join(str(roles()[g.role].label) for g in person.role_grants.all() if g.role in roles())
            or "—"
        )

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        """Who only looks sees the roles' names instead of the entries for roles and password."""
        if obj is not None and not self.has_change_permission(request, obj):
            return ("username", "display_name", "email", "language", "is_service", "role_names")
        return self.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> tuple[str, ...]:
        return ("username", "is_service", "role_names") if obj else ()

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        given = form.cleaned_data
        if change:
            update_person(
                obj,
                display_name=given["display_name"],
                email=given["email"],
                language=given["language"],
                roles=given["roles"],
                password=given["new_password"] or None,
                actor=_actor(request),
            )
            return
        made = create_person(
            given["username"],
            display_name=given["display_name"],
            email=given["email"],
            language=given["language"],
            is_service=given["is_service"],
            roles=given["roles"],
            password=given["new_password"] or None,
            actor=_actor(request),
        )
        obj.pk = made.pk

    @admin.action(description=gettext_lazy("Close access"), permissions=["change"])
    def close_access(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        reason = _("closed in the administration")
        self.each(
            request, rows, lambda person: deactivate_person(person, reason=reason, actor=_actor(request))
        )

    @admin.action(description=gettext_lazy("Open access"), permissions=["change"])
    def open_access(self, request: HttpRequest, rows: QuerySet[User]) -> None:
        reason = _("opened in the administration")
        self.each(
            request, rows, lambda person: reactivate_person(person, reason=reason, actor=_actor(request))
        )


@admin.register(ParameterValue)
class SettingAdmin(BusinessAdmin):
    """Propose (administrator), confirm (finance, another person). What is confirmed is never edited."""

    view_permission = ("core.propose_parameters", "core.confirm_parameters", "core.view_trail")
    add_permission = "core.propose_parameters"
    form = ProposalForm
    list_display = ("setting", "shown", "effective_from", "proposer", "proposed", "confirmer", "confirmed")
    proposer = _column("proposed_by", gettext_lazy("proposed by"))
    proposed = _column("proposed_at", gettext_lazy("proposed"))
    confirmer = _column("confirmed_by", gettext_lazy("confirmed by"))
    confirmed = _column("confirmed_at", gettext_lazy("confirmed"))
    list_filter = ("key",)
    list_select_related = ("proposed_by", "confirmed_by")
    ordering = ("-id",)
    actions = ("confirm",)

    @admin.display(description=gettext_lazy("setting"), ordering="key")
    def setting(self, value: ParameterValue) -> str:
        return str(PARAMETERS[value.key].label) if value.key in PARAMETERS else value.key

    @admin.display(description=gettext_lazy("value"))
    def shown(self, value: ParameterValue) -> str:
        parameter = PARAMETERS.get(value.key)
        return (shown_value(parameter.parse(value.value)) if parameter else str(value.value)) or "—"

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        if obj is None:
            return ("key", "new_value", "effective_from", "reason")
        return (
            "setting",
            "shown",
            "effective_from",
            "reason",
            "proposer",
            "proposed",
            "confirmer",
            "confirmed",
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: ParameterValue, form: Any, change: bool) -> None:
        given = form.cleaned_data
        made = propose_parameter(
            given["key"],
            given["new_value"],
            effective_from=given["effective_from"],
            reason=given["reason"],
            actor=_actor(request),
        )
        obj.pk, obj.key, obj.value = made.pk, made.key, made.value

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return _actor(request).may("core.confirm_parameters")

    @admin.action(description=gettext_lazy("Confirm"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, rows: QuerySet[ParameterValue]) -> None:
        self.each(request, rows, lambda value: confirm_parameter(value, actor=_actor(request)))


@admin.register(CalendarDay)
class CalendarDayAdmin(BusinessAdmin):
    view_permission = ("core.manage_calendar", "core.view_trail")
    add_permission = change_permission = "core.manage_calendar"
    list_display = ("day", "kind", "name")
    list_filter = ("kind",)
    date_hierarchy = "day"

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def save_model(self, request: HttpRequest, obj: CalendarDay, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record_act(
            "calendar.set",
            actor=_actor(request),
            subject=str(obj.day),
            data={"kind": obj.kind, "name": obj.name},
        )

    def delete_model(self, request: HttpRequest, obj: CalendarDay) -> None:
        record_act("calendar.remove", actor=_actor(request), subject=str(obj.day), data={"kind": obj.kind})
        super().delete_model(request, obj)


@admin.register(CompanyProfile)
class CompanyProfileAdmin(BusinessAdmin):
    """The letterhead of our papers: one row, kept by the administrator."""

    view_permission = (MAINTAIN, CONFIRM, "core.view_trail")
    add_permission = change_permission = MAINTAIN
    form = CompanyProfileForm
    list_display = ("name", "name_en", "uscc", "phone")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not CompanyProfile.objects.exists()

    def save_model(self, request: HttpRequest, obj: CompanyProfile, form: Any, change: bool) -> None:
        draft = ProfileDraft(**{name: form.cleaned_data[name] for name in ProfileDraft.__dataclass_fields__})
        obj.pk = maintain_company(draft, actor=_actor(request)).pk


@admin.register(CompanyBank)
class CompanyBankAdmin(BusinessAdmin):
    """Where papers ask to be paid: proposed by the administrator, confirmed by the chief financial officer."""

    view_permission = (MAINTAIN, CONFIRM, "core.view_trail")
    add_permission = MAINTAIN
    form = CompanyBankForm
    list_display = (
        "bank",
        "account_number",
        "currency",
        "swift",
        "proposer",
        "proposed",
        "confirmer",
        "confirmed",
    )
    proposer = _column("proposed_by", gettext_lazy("proposed by"))
    proposed = _column("proposed_at", gettext_lazy("proposed"))
    confirmer = _column("confirmed_by", gettext_lazy("confirmed by"))
    confirmed = _column("confirmed_at", gettext_lazy("confirmed"))
    list_select_related = ("proposed_by", "confirmed_by")
    actions = ("confirm",)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        typed = ("currency", "bank", "bank_en", "account_number", "swift", "reason")
        return typed if obj is None else (*typed, "proposer", "proposed", "confirmer", "confirmed")

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: CompanyBank, form: Any, change: bool) -> None:
        obj.pk = propose_company_bank(**form.cleaned_data, actor=_actor(request)).pk

    def has_confirm_permission(self, request: HttpRequest) -> bool:
        return _actor(request).may(CONFIRM)

    @admin.action(description=gettext_lazy("Confirm"), permissions=["confirm"])
    def confirm(self, request: HttpRequest, rows: QuerySet[CompanyBank]) -> None:
        self.each(request, rows, lambda row: confirm_company_bank(row, actor=_actor(request)))


@admin.register(ApiToken)
class TokenAdmin(BusinessAdmin):
    """Tokens of API clients: the secret is shown on the page that follows, this once."""

    view_permission = ("core.manage_tokens", "core.view_trail")
    add_permission = "core.manage_tokens"
    form = TokenForm
    fields = ("user", "name", "scopes", "days")
    list_display = ("name", "holder", "beginning", "scope_names", "expires", "revoked")
    holder = _column("user", gettext_lazy("API client"))
    beginning = _column("prefix", gettext_lazy("begins with"))
    expires = _column("expires_at", gettext_lazy("expires"))
    revoked = _column("revoked_at", gettext_lazy("revoked"))
    list_filter = ("revoked_at",)
    list_select_related = ("user",)
    actions = ("revoke",)

    @admin.display(description=gettext_lazy("scopes"))
    def scope_names(self, token: ApiToken) -> str:
        return ", ".join(token.scopes)

    def get_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return (
            self.fields
            if obj is None
            else ("holder", "name", "beginning", "scope_names", "expires", "revoked")
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Model | None = None) -> Any:
        return self.get_fields(request, obj) if obj else ()

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        given = form.cleaned_data
        issued = issue_token(
            given["user"],
            name=given["name"],
            scopes=given["scopes"],
            days=given["days"],
            actor=_actor(request),
        )
        obj.pk = issued.token.pk
        request.issued_secret = issued.secret  # type: ignore[attr-defined]

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: str | None = None
    ) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "secret": request.issued_secret, "token": obj}  # type: ignore[attr-defined]
        response = TemplateResponse(request, "admin/core/token_issued.html", context)
        response["Cache-Control"] = "no-store"
        return response

    @admin.action(description=gettext_lazy("Revoke"), permissions=["add"])
    def revoke(self, request: HttpRequest, rows: QuerySet[ApiToken]) -> None:
        self.each(request, rows, lambda token: revoke_token(token, actor=_actor(request)))


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    """The trail, as it is: searched, never touched."""

    view_permission = "core.view_trail"
    list_display = ("at", "who", "subject", "act", "outcome", "refused_by", "door", "address")
    who = _column("actor", gettext_lazy("person"))
    subject = _column("root_number", gettext_lazy("subject"))
    refused_by = _column("rule", gettext_lazy("rule"))
    address = _column("source_address", gettext_lazy("address"))
    list_filter = ("outcome", ("channel", ChannelFilter), ("document_type", DocumentTypeFilter))
    list_select_related = ("actor",)
    search_fields = ("root_number", "document_number", "name")
    date_hierarchy = "business_date"
    ordering = ("-id",)

    @admin.display(description=gettext_lazy("act"))
    def act(self, event: Event) -> str:
        return label_of(event)

    @admin.display(description=gettext_lazy("through"), ordering="channel")
    def door(self, event: Event) -> str:
        return channel_name(event.channel)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """What went out, what waits and what was given up; the last can be sent again."""

    view_permission = ("core.view_trail", "core.manage_people")
    list_display = ("queued", "about", "way", "recipient", "state", "tries", "sent", "trouble")
    queued = _column("queued_at", gettext_lazy("queued"))
    tries = _column("attempts", gettext_lazy("tries"))
    sent = _column("sent_at", gettext_lazy("sent"))
    trouble = _column("last_error", gettext_lazy("last trouble"))
    list_filter = ("state", ("channel", WayOfNoticeFilter))
    list_select_related = ("event",)
    search_fields = ("recipient", "event__root_number")
    ordering = ("-id",)
    actions = ("send_again",)

    @admin.display(description=gettext_lazy("event"))
    def about(self, notice: Notice) -> str:
        return f"{notice.event.root_number} {label_of(notice.event)}".strip()

    @admin.display(description=gettext_lazy("by"), ordering="channel")
    def way(self, notice: Notice) -> str:
        return str(WAYS_OF_NOTICE.get(notice.channel, notice.channel))

    def has_retry_permission(self, request: HttpRequest) -> bool:
        return _actor(request).may("core.manage_people")

    @admin.action(description=gettext_lazy("Send again"), permissions=["retry"])
    def send_again(self, request: HttpRequest, rows: QuerySet[Notice]) -> None:
        self.each(request, rows, lambda notice: retry_notice(notice, actor=_actor(request)))


def _actor(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
