from __future__ import annotations

from functools import cached_property

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.clock import now
from core.roles import permissions_of, role_choices, roles


class User(AbstractUser):
    """A member of staff, or the principal behind an API client (`is_service`).

    Business permissions come from roles alone. Being superuser opens the technical admin and carries
    no business permission at all (IC-01).
    """

    display_name = models.CharField(_("name"), max_length=60)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, default="zh-hans")
    theme = models.CharField(
        _("theme"),
        max_length=5,
        default="auto",
        choices=[("auto", _("As the device")), ("light", _("Light")), ("dark", _("Dark"))],
    )
    is_service = models.BooleanField(_("API client"), default=False)
    uses_single_keys = models.BooleanField(_("single-letter shortcuts"), default=True)

    _door: frozenset[str] = frozenset()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")

    def __str__(self) -> str:
        return self.display_name or self.username

    @cached_property
    def role_slugs(self) -> frozenset[str]:
        return frozenset(self.role_grants.values_list("role", flat=True))

    @cached_property
    def business_permissions(self) -> frozenset[str]:
        """What the roles carry. An API client has only roles made for clients, whatever it was granted (IC-01)."""
        return permissions_of(self._slugs_in_effect())

    def may(self, permission: str) -> bool:
        """Does one of the person's roles carry this? One query per request, none afterwards."""
        return self.is_active and permission in self.business_permissions

    @property
    def row_scopes(self) -> frozenset[str]:
        """Which rows the roles open: `all`, `region` (the desks), `own` (one's own customers)."""
        return self.scopes_for()

    def scopes_for(self, permission: str | tuple[str, ...] = "") -> frozenset[str]:
        """The scopes of those roles alone that carry the permission, or any of several (RG-02).

        Without one it is that of the door the person came through (`come_through`); behind no door, or
        one that is open to all staff, every role counts. No query beyond that of the roles.
        """
        names = frozenset({permission} if isinstance(permission, str) else permission) - {""} or self._door
        known = roles()
        held = [known[slug] for slug in self._slugs_in_effect()]
        return frozenset(role.scope for role in held if not names or role.permissions & names)

    def come_through(self, permission: str | tuple[str, ...]) -> None:
        """Say under which permission this request acts: page and endpoint do it for what lies behind them."""
        self._door = frozenset({permission} if isinstance(permission, str) else permission) - {""}

    def _slugs_in_effect(self) -> list[str]:
        """The roles held that count for this kind of account."""
        known = roles()
        return [
            slug
            for slug in self.role_slugs
            if slug in known and known[slug].is_for_clients == self.is_service
        ]

    def has_role(self, *slugs: str) -> bool:
        return not self.role_slugs.isdisjoint(slugs)


class RoleGrant(models.Model):
    """A role a person holds. Incompatible roles are refused when granted (IC-01)."""

    user = models.ForeignKey(User, models.CASCADE, related_name="role_grants")
    role = models.CharField(_("role"), max_length=32, choices=role_choices)
    granted_at = models.DateTimeField(default=now)
    granted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [models.UniqueConstraint(fields=["user", "role"], name="role_granted_once")]

    def __str__(self) -> str:
        return str(self.get_role_display())


class ApiToken(models.Model):
    """A bearer token: only its hash is kept. Of a client (a principal of its own) or of a person.

    A client records facts and never approves, verifies, signs or posts money; a person's own token
    carries what the person may do, within the token's scopes.
    """

    user = models.ForeignKey(User, models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=60)
    prefix = models.CharField(max_length=12, unique=True)
    token_hash = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    created_at = models.DateTimeField(default=now)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"
