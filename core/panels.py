"""What later stages add to a document's page, without the page knowing them.

An app lists its parts in `<app>/panels.py`, which is imported once, like `navigation.py`:

    register_panel("order", "money", "credit/_gate.html", gate_context, rank=10, permission="credit.view")
        # gate_context(request, order) -> dict for the template, or None when there is nothing to show
    register_action("order", "pass_finance", "order-pass-finance", rank=40, icon="check", key="A")
        # a move of the document's workflow: label, permission, states and reason come from its table
    register_action("order", "record_slip", "remittance_new", label=_("Record slip"), method="get",
                    permission="credit.record_remittance", statuses=("checking",), rank=20)
        # any other act; `applies(order, user)` may hide it, `refusal(order, user)` says why it has to wait;
        # `address(order)` gives the address where it is not the name reversed with the number

The page asks `panels_of(request, document)` and `next_actions(document, user)`. Slots of the order page:
next_action, money, goods, files, side. `url_name` is reversed with the document's number; the action's form
posts `version` and, where a reason is wanted, `note`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.components import Action
from core.errors import PermissionDenied
from core.labels import workflows
from core.roles import roles
from core.workflow import require_in_scope

if TYPE_CHECKING:
    from core.models import Document, User

SLOTS = ("next_action", "money", "goods", "files", "side")
PanelContext = Callable[[HttpRequest, Any], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a document's page; lower `rank` stands higher."""

    slot: str
    template: str
    context: PanelContext
    rank: int = 50
    permission: str = ""


@dataclass(frozen=True, slots=True)
class ActionRule:
    """A button a document's page may offer. `transition` is the move's name, or empty for another act."""

    name: str
    url_name: str
    label: Any
    permission: str
    statuses: tuple[str, ...]
    transition: str = ""
    method: str = "post"
    icon: str = ""
    key: str = ""
    rank: int = 50
    is_danger: bool = False
    wants_reason: bool = False
    confirm: Any = ""
    applies: Callable[[Any, Any], bool] | None = None
    refusal: Callable[[Any, Any], str] | None = None
    address: Callable[[Any], str] | None = None


_panels: dict[str, list[Panel]] = {}
_actions: dict[str, list[ActionRule]] = {}


def register_panel(
    document_type: str,
    slot: str,
    template: str,
    context: PanelContext,
    *,
    rank: int = 50,
    permission: str = "",
) -> None:
    if slot not in SLOTS:
        raise ValueError(f"no slot {slot!r}; there are {', '.join(SLOTS)}")
    _panels.setdefault(document_type, []).append(Panel(slot, template, context, rank, permission))


def register_action(
    document_type: str,
    name: str,
    url_name: str,
    *,
    workflow: Any = None,
    statuses: Sequence[str] = (),
    **options: Any,
) -> None:
    """Offer an act on a document's page; what a move of its workflow already says need not be said again."""
    move = _move_named(document_type, name, workflow)
    given: dict[str, Any] = {"label": name, "permission": "", **options}
    if move is not None:
        given = {
            "label": move.label,
            "permission": move.permission,
            "wants_reason": move.needs_reason,
            **options,
        }
        statuses = statuses or move.sources
    rule = ActionRule(
        name, url_name, statuses=tuple(statuses), transition=name if move is not None else "", **given
    )
    _actions.setdefault(document_type, []).append(rule)


def _move_named(document_type: str, name: str, workflow: Any) -> Any:
    found = workflow or workflows().get(document_type)
    return (
        next((move for move in found.transitions if move.name == name), None) if found is not None else None
    )


@cache
def collect_panels() -> None:
    """Import every app's `panels.py`, once."""
    for app in settings.LOCAL_APPS:
        if app != "core" and find_spec(f"{app}.panels"):
            import_module(f"{app}.panels")


def panels_of(request: HttpRequest, document: Document) -> dict[str, list[SafeString]]:
    """The rendered parts of a document's page, by slot, those the person may see."""
    collect_panels()
    shown: dict[str, list[SafeString]] = {slot: [] for slot in SLOTS}
    for panel in sorted(_panels.get(document.document_type, []), key=lambda panel: panel.rank):
        if panel.permission and not request.user.may(panel.permission):  # type: ignore[union-attr]
            continue
        context = panel.context(request, document)
        if context is not None:
            shown[panel.slot].append(
                render_to_string(panel.template, {"document": document, **context}, request)
            )
    return shown


def next_actions(document: Document, user: User) -> list[Action]:
    """The buttons of a document's page in its present state, the first one possible marked as primary.

    What the person may not do is shown disabled and says whose step it is. Segregation of duties is asked for
    those moves only that the role allows: one query each.
    """
    collect_panels()
    rules = sorted(_actions.get(document.document_type, []), key=lambda rule: rule.rank)
    offered = [_offer(rule, document, user) for rule in rules if _belongs(rule, document, user)]
    actions = [action for action in offered if action is not None]
    first = next(
        (n for n, action in enumerate(actions) if not action.disabled_reason and not action.is_danger), None
    )
    return [replace(action, is_primary=n == first) for n, action in enumerate(actions)]


def _belongs(rule: ActionRule, document: Document, user: User) -> bool:
    if rule.statuses and document.status not in rule.statuses:
        return False
    return rule.applies is None or rule.applies(document, user)


def _offer(rule: ActionRule, document: Document, user: User) -> Action | None:
    try:
        url = (
            reverse(rule.url_name, args=[document.number]) if rule.address is None else rule.address(document)
        )
    except NoReverseMatch:
        return None
    return Action(
        label=rule.label,
        url=url,
        method=rule.method,
        icon=rule.icon,
        key=rule.key,
        is_danger=rule.is_danger,
        fields={"version": document.version} if rule.method == "post" else {},
        wants_reason=rule.wants_reason,
        confirm=rule.confirm,
        disabled_reason=_why_not(rule, document, user),
    )


def _why_not(rule: ActionRule, document: Document, user: User) -> str:
    if rule.permission and not user.may(rule.permission):
        return _("This step is for: %(roles)s.") % {"roles": owners_of(rule.permission)}
    try:
        if rule.permission:
            require_in_scope(document, rule.permission, actor=user)
    except PermissionDenied as error:
        return str(error)
    if rule.transition and document.workflow[rule.transition].duty:
        refusal = document.workflow.refusal(document, rule.transition, user)
        if refusal:
            return refusal
    return rule.refusal(document, user) if rule.refusal is not None else ""


def owners_of(permission: str) -> str:
    """Which posts carry a permission, in words."""
    holders = [
        role for role in roles().values() if permission in role.permissions and not role.is_for_clients
    ]
    return pgettext("between names of a list", ", ").join(str(role.label) for role in holders)
