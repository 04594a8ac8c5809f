"""People and their roles: made, granted and taken away by the administrator, incompatible roles refused
(IC-01).

admin = create_person("admin", display_name="系统管理员", roles=["admin"], password=…, actor=None)
limin = create_person("limin", display_name="李敏", roles=["salesperson"], password=…, actor=admin)
erp = create_person("erp", display_name="ERP", roles=["erp_client"], is_service=True, actor=admin)
grant_role(limin, "salesperson", actor=admin); revoke_role(limin, "salesperson", actor=admin)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import Conflict, FieldProblem, InvalidInput, RuleRefused
from core.models import ApiToken, RoleGrant, User
from core.roles import roles as all_roles
from core.trail import record_act
from core.transactions import unit_of_work
from core.workflow import require_permission


@unit_of_work
def create_person(
    username: str,
    *,
    display_name: str,
    actor: User | None,
    roles: Sequence[str] = (),
    password: str | None = None,
    email: str = "",
    language: str = "zh-hans",
    is_service: bool = False,
) -> User:
    """Enter a member of staff or the principal of an API client. Without a password nobody can sign in as it.

    `actor` is None only for the very first administrator of an installation.
    """
    _require_manager(actor, roles)
    person = User(
        username=username.strip(),
        display_name=display_name.strip(),
        email=email,
        language=language,
        is_service=is_service,
    )
    _check_person(person, password)
    if password is None or is_service:
        person.set_unusable_password()
    else:
        person.set_password(password)
    person.save(force_insert=True)
    record_act(
        "person.create",
        actor=actor,
        subject=person.username,
        data={"name": person.display_name, "is_service": is_service},
    )
    for slug in roles:
        _grant(person, slug, actor=actor)
    return person


@unit_of_work
def update_person(
    person: User,
    *,
    display_name: str,
    email: str,
    language: str,
    roles: Sequence[str],
    actor: User,
    password: str | None = None,
) -> User:
    """Change the account data and bring the roles held to the list given. Roles taken away go first."""
    require_permission(actor, "core.manage_people")
    person = User.objects.select_for_update().get(pk=person.pk)
    person.display_name, person.email, person.language = display_name.strip(), email, language
    _check_person(person, password, is_new=False)
    if password is not None and not person.is_service:
        person.set_password(password)
        record_act("person.set_password", actor=actor, subject=person.username)
    person.save(update_fields=["display_name", "email", "language", "password"])
    held = set(RoleGrant.objects.filter(user=person).values_list("role", flat=True))
    for slug in sorted(held - set(roles)):
        revoke_role(person, slug, actor=actor)
    for slug in roles:
        if slug not in held:
            _grant(person, slug, actor=actor)
    return person


@unit_of_work
def grant_role(person: User, role: str, *, actor: User) -> RoleGrant:
    """Give a person a role. Raises RuleRefused (IC-01) when it conflicts with one already held."""
    require_permission(actor, "core.manage_people")
    return _grant(person, role, actor=actor)


@unit_of_work
def revoke_role(person: User, role: str, *, actor: User) -> None:
    """Take a role away; the person's next request no longer has it."""
    require_permission(actor, "core.manage_people")
    deleted, _details = RoleGrant.objects.filter(user=person, role=role).delete()
    if deleted:
        _refresh(person)
        record_act("person.revoke_role", actor=actor, subject=person.username, data={"role": role})


@unit_of_work
def deactivate_person(person: User, *, reason: str, actor: User) -> User:
    """Close a person's access at once: sign-in, open sessions and tokens. The name stays in the trail."""
    require_permission(actor, "core.manage_people")
    if person.pk == actor.pk:
        raise RuleRefused(_("You cannot close your own access."), code="own_access")
    User.objects.filter(pk=person.pk).update(is_active=False)
    ApiToken.objects.filter(user=person, revoked_at__isnull=True).update(revoked_at=now())
    person.is_active = False
    record_act("person.deactivate", actor=actor, subject=person.username, note=reason)
    return person


@unit_of_work
def reactivate_person(person: User, *, reason: str, actor: User) -> User:
    """Open a person's access again; tokens stay revoked."""
    require_permission(actor, "core.manage_people")
    User.objects.filter(pk=person.pk).update(is_active=True)
    person.is_active = True
    record_act("person.reactivate", actor=actor, subject=person.username, note=reason)
    return person


def conflicts_among(slugs: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of roles that one person may not hold together (IC-01)."""
    held = sorted(set(slugs))
    return [
        (one, other)
        for number, one in enumerate(held)
        for other in held[number + 1 :]
        if other in all_roles()[one].conflicts or one in all_roles()[other].conflicts
    ]


def _require_manager(actor: User | None, slugs: Sequence[str]) -> None:
    is_first = actor is None and "admin" in slugs and not RoleGrant.objects.filter(role="admin").exists()
    if not is_first:
        require_permission(actor, "core.manage_people")


def _check_person(person: User, password: str | None, *, is_new: bool = True) -> None:
    problems = []
    try:
        person.clean_fields(exclude=["password"])
        if password is not None:
            validate_password(password, person)
    except ValidationError as error:
        given: dict[str, Any] = (
            error.message_dict if hasattr(error, "error_dict") else {"password": error.messages}
        )
        problems = [FieldProblem(f"#/{name}", "invalid", " ".join(texts)) for name, texts in given.items()]
    if not person.display_name:
        problems.append(FieldProblem("#/display_name", "required", _("Give the person's name.")))
    if problems:
        raise InvalidInput(problems=problems)
    if is_new and User.objects.filter(username__iexact=person.username).exists():
        raise Conflict(_("There is already an account %(name)s.") % {"name": person.username})


def _grant(person: User, slug: str, *, actor: User | None) -> RoleGrant:
    User.objects.select_for_update().get(pk=person.pk)
    if slug not in all_roles():
        raise InvalidInput(
            problems=[FieldProblem("#/role", "unknown", _("There is no role %(role)s.") % {"role": slug})]
        )
    role = all_roles()[slug]
    held = set(RoleGrant.objects.filter(user=person).values_list("role", flat=True))
    if slug in held:
        raise Conflict(
            _("%(person)s already has the role %(role)s.") % {"person": person, "role": role.label}
        )
    if person.is_service != role.is_for_clients:
        raise RuleRefused(
            _(
                "%(role)s cannot be given here: "
                "an API client only records facts, and its role is for clients alone."
            )
            % {"role": role.label},
            rule="IC-01",
            code="role_not_for_this_account",
        )
    for one, other in conflicts_among(held | {slug}):
        raise RuleRefused(
            _("%(person)s cannot be both %(one)s and %(other)s: one person must not combine these duties.")
            % {"person": person, "one": all_roles()[one].label, "other": all_roles()[other].label},
            rule="IC-01",
            code="role_conflict",
        )
    grant = RoleGrant.objects.create(user=person, role=slug, granted_by=actor)
    _refresh(person)
    record_act("person.grant_role", actor=actor, subject=person.username, data={"role": slug})
    return grant


def _refresh(person: User) -> None:
    """Forget what this instance remembers of its roles, and open or close the admin accordingly."""
    for name in ("role_slugs", "business_permissions"):
        person.__dict__.pop(name, None)
    person.is_staff = any(all_roles()[slug].opens_admin for slug in person.role_slugs if slug in all_roles())
    User.objects.filter(pk=person.pk).update(is_staff=person.is_staff)
