"""One state machine, read by page, API and admin.

Each document keeps its moves as a table of transitions. `available` feeds the buttons, `move` is the
only place that writes a status: it checks permission and segregation of duties, does one
compare-and-set, and writes the event that is history, outbox entry and report source at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import F, Model, Q
from django.utils import translation
from django.utils.translation import gettext as _

from core.clock import now
from core.errors import InvalidInput, PermissionDenied, SameActor, StaleVersion, TransitionNotAllowed
from core.trail import Fact, record_event, write_gathered

if TYPE_CHECKING:
    from core.models import Document, Event, User

LONGEST_NOTE = 2000


@dataclass(frozen=True, slots=True)
class Transition:
    """One legal move. Without `permission` no person makes it: it follows from another act (a cause)."""

    name: str
    sources: tuple[str, ...]
    target: str
    label: Any
    permission: str = ""
    duty: str = ""
    needs_reason: bool = False
    rule: str = ""
    notify: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """Which duties one person may not combine on one document and what belongs to it (IC-01).

    `lasting` duties count in every round (whoever keyed an order never approves it), the others only
    in the present one, for a new submission is reviewed afresh (AP-06).
    """

    conflicts: frozenset[str] = frozenset()
    lasting: bool = False
    rule: str = "IC-01"


@dataclass(frozen=True)
class Workflow:
    """The transition table of one kind of document."""

    document_type: str
    transitions: tuple[Transition, ...]
    duties: Mapping[str, Duty] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Transition:
        for transition in self.transitions:
            if transition.name == name:
                return transition
        raise KeyError(name)

    def from_status(self, status: str) -> Sequence[Transition]:
        return [t for t in self.transitions if status in t.sources]

    def available(self, document: Document, user: User) -> list[Transition]:
        """The moves this person's role carries in the document's state. Costs no query per document.

        Whether the person has already acted in an incompatible duty is known only when it is tried;
        pages ask `refusal` for the one action they show.
        """
        return [t for t in self.from_status(document.status) if t.permission and user.may(t.permission)]

    def refusal(self, document: Document, name: str, user: User) -> str:
        """Why this person may not make this move now; empty when nothing stands in the way."""
        try:
            self.require(document, name, actor=user)
        except (PermissionDenied, TransitionNotAllowed) as error:
            return str(error)
        return ""

    def require(self, document: Document, name: str, *, actor: User | None) -> Transition:
        """Check state, permission and duties of a move without making it."""
        transition = self[name]
        if document.status not in transition.sources:
            raise TransitionNotAllowed(self._wrong_state(document, transition))
        if transition.permission:
            require_permission(actor, transition.permission, rule=transition.rule)
            require_in_scope(document, transition.permission, actor=actor)
        if transition.duty:
            self.require_duty(document, transition.duty, actor=actor)
        return transition

    def require_duty(self, document: Document, duty: str, *, actor: User | None) -> None:
        """Raise SameActor when the person has already acted here in a duty that conflicts. One query."""
        rule = self.duties.get(duty)
        if rule is None or not rule.conflicts or actor is None:
            return
        write_gathered()
        lasting = [name for name in rule.conflicts if name in self.duties and self.duties[name].lasting]
        in_round = Q(duty__in=rule.conflicts, round=document.round)
        earlier = (
            document.events()
            .filter(in_round | Q(duty__in=lasting), actor=actor, outcome="done")
            .values_list("label", flat=True)
            .first()
        )
        if earlier is not None:
            raise SameActor(
                _(
                    "%(person)s has already acted on %(number)s (%(earlier)s). Another person must take this step."
                )
                % {"person": actor.display_name, "number": document.root_number, "earlier": _(earlier)},
                rule=rule.rule,
            )

    def move(
        self,
        document: Document,
        name: str,
        *,
        actor: User | None,
        note: str = "",
        version: int | None = None,
        data: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Event:
        """Make one move, or raise and change nothing (AP-07).

        `version` is the version the person saw; `changes` are fields set in the same statement.
        Three statements with a duty to check, two without.
        """
        require_version(document, version)
        transition = self.require(document, name, actor=actor)
        note = note.strip()
        if len(note) > LONGEST_NOTE:
            raise InvalidInput(
                _("The note has more than %(most)s characters. Shorten it.") % {"most": LONGEST_NOTE},
                code="note_too_long",
            )
        if transition.needs_reason and not note:
            raise InvalidInput(_("Give a reason."), rule=transition.rule, code="reason_required")
        came_from = document.status
        compare_and_set(document, sources=transition.sources, status=transition.target, changes=changes)
        return self._record(document, transition, actor=actor, note=note, came_from=came_from, data=data)

    def move_if(
        self,
        document: Document,
        name: str,
        condition: Q,
        *,
        actor: User | None,
        data: Mapping[str, Any] | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> bool:
        """Make a move that follows by itself once the database meets a condition; False changes nothing.

        The document is locked, so that nobody else can have changed it. One statement, two when it moves.
        """
        transition = self.require(document, name, actor=actor)
        came_from = document.status
        if not _set_where(
            document, condition, sources=transition.sources, status=transition.target, changes=changes
        ):
            return False
        self._record(document, transition, actor=actor, note="", came_from=came_from, data=data)
        return True

    def _record(
        self,
        document: Document,
        transition: Transition,
        *,
        actor: User | None,
        note: str,
        came_from: str,
        data: Mapping[str, Any] | None,
    ) -> Event:
        return record_event(
            document,
            Fact(
                transition.name,
                _untranslated(transition.label),
                duty=transition.duty,
                rule=transition.rule,
                notify=transition.notify,
            ),
            actor=actor,
            note=note,
            came_from=came_from,
            data=data,
        )

    def _wrong_state(self, document: Document, transition: Transition) -> str:
        return _(
            '%(number)s is "%(status)s"; "%(step)s" is not possible from there. Reload the page to see what is.'
        ) % {
            "number": document.number,
            "status": document.status_label,
            "step": transition.label,
        }


def _untranslated(label: Any) -> str:
    """The words as the code has them: each reader of the trail sees them in a language of his own."""
    with translation.override(None):
        return str(label)


def require_permission(actor: User | None, permission: str, *, rule: str = "") -> None:
    """Raise PermissionDenied unless one of the person's roles carries the permission."""
    if actor is None or not actor.may(permission):
        raise PermissionDenied(rule=rule or "IC-01", permission=permission)


def require_in_scope(document: Document, permission: str, *, actor: User | None) -> None:
    """Raise PermissionDenied on a document that only another role of the person's lets him see (RG-02).

    Who came here saw the document; so a query is needed only when the roles that carry the permission open
    fewer rows than those he came with.
    """
    if actor is None or actor.scopes_for(permission) == actor.row_scopes:
        return
    rows = type(document)._default_manager
    if (
        hasattr(rows, "visible_to")
        and not rows.visible_to(actor, permission=permission).filter(pk=document.pk).exists()
    ):
        raise PermissionDenied(
            _("%(number)s belongs to another desk. You may read it, but not act on it.")
            % {"number": document.number},
            rule="RG-02",
            permission=permission,
        )


def require_version(document: Document, version: int | None) -> None:
    """Raise StaleVersion when the document is no longer the one the person saw (AP-07)."""
    if version is not None and version != document.version:
        raise StaleVersion(
            _("%(number)s has changed since you opened it. Reload it, look at the change and decide again.")
            % {"number": document.number},
            version=document.version,
        )


def compare_and_set(
    document: Document,
    *,
    sources: Iterable[str],
    status: str | None = None,
    changes: Mapping[str, Any] | None = None,
) -> None:
    """The one statement that changes a document: only if nobody has changed it since it was read."""
    if not _set_where(document, Q(), sources=sources, status=status, changes=changes):
        raise TransitionNotAllowed(
            _("Somebody else has just acted on %(number)s. Nothing was changed; reload the page.")
            % {"number": document.number}
        )


def _set_where(
    document: Document,
    condition: Q,
    *,
    sources: Iterable[str],
    status: str | None,
    changes: Mapping[str, Any] | None,
) -> bool:
    values: dict[str, Any] = dict(changes or {})
    if status is not None:
        values["status"] = status
    model: type[Model] = type(document)._meta.concrete_model or type(document)
    if hasattr(document, "updated_at"):
        values.setdefault("updated_at", now())
    changed = model._default_manager.filter(
        condition, pk=document.pk, status__in=tuple(sources), version=document.version
    ).update(version=F("version") + 1, **values)
    if not changed:
        return False
    for name, value in values.items():
        setattr(document, name, value)
    document.version += 1
    return True
