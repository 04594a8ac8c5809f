"""What a view hands to a component: small frozen values. How they look stands in `templates/components/`.

A meaning is one of neutral, waiting, moving, done, blocked, promise, stock; each has one hue and one icon for
every kind of document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from core.money import BASE_CURRENCY

MEANING_ICONS = {
    "neutral": "circle",
    "waiting": "clock-hour-3",
    "moving": "player-play",
    "done": "check",
    "blocked": "x",
    "promise": "writing-sign",
    "stock": "package",
}

# The meaning of a status that its document does not name itself (`STATUS_MEANINGS` of the model).
COMMON_MEANINGS = {
    "neutral": "draft cancelled void none closed expired declined not_required inactive superseded",
    "waiting": (
        "checking rep_review manager_review marketing_review finance_review unpaid part_paid uploaded "
        "requested open queued amending waiting pending submitted top_up remittance letter arrears "
        "unclear_line claimed unmatched"
    ),
    "moving": (
        "approved fulfilling partly_shipped shipped running picking picked checked packed sent verified "
        "inspecting resolving customer_check part all processing in_transit notified gone"
    ),
    "done": (
        "completed settled paid signed delivered matched credited redeemed accepted done applied active "
        "resolved"
    ),
    "blocked": (
        "rejected overdue failed duplicate overdue_step amount_mismatch refused overpaid disputed bounced"
    ),
    "promise": "guaranteed committed deferred promised",
    "stock": "reserved backorder short short_closed partly_reserved allocated",
}
MEANING_OF = {slug: meaning for meaning, slugs in COMMON_MEANINGS.items() for slug in slugs.split()}


@dataclass(frozen=True, slots=True)
class Action:
    """A button. With `disabled_reason` it is shown but refused, and says why.

    `wants_reason` opens a form with a reason box before it posts. `fields` are sent as hidden inputs;
    give the document's version there, so that a stale page is refused.
    """

    label: Any
    url: str
    method: str = "post"
    icon: str = ""
    key: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)
    is_primary: bool = False
    is_danger: bool = False
    wants_reason: bool = False
    reason_label: Any = ""
    disabled_reason: Any = ""
    confirm: Any = ""


@dataclass(frozen=True, slots=True)
class NextStep:
    """What has to happen now, who has it, since when, and the buttons; at most one is primary."""

    what: Any
    actions: Sequence[Action] = ()
    owner: Any = ""
    since: datetime | None = None
    meaning: str = "waiting"
    detail: Any = ""


@dataclass(frozen=True, slots=True)
class Step:
    """`state` is done, current, blocked or todo."""

    label: Any
    state: str = "todo"
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Change:
    """One field before and after."""

    label: Any
    before: Any = ""
    after: Any = ""


@dataclass(frozen=True, slots=True)
class Moment:
    """An entry of a timeline that is not an audit event as it stands."""

    at: datetime
    label: Any
    actor: Any = ""
    note: Any = ""
    meaning: str = "neutral"
    channel: str = ""
    changes: Sequence[Change] = ()
    files: Sequence[FileLink] = ()
    about: str = ""
    """The number of the document, where the timeline tells of several."""


@dataclass(frozen=True, slots=True)
class FileLink:
    name: str
    url: str
    size: int = 0
    content_type: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """`kind`: text, amount, price, quantity, day, stamp, badge, link. `sort` is the value of `?sort=`."""

    key: str
    label: Any
    kind: str = "text"
    sort: str = ""
    currency: str = ""
    is_title: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """`cells` by column key: a value, or a Badge, or a (text, url) pair. `url` opens the row."""

    cells: Mapping[str, Any]
    url: str = ""
    pk: Any = ""
    peek_url: str = ""
    is_wrong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A whole list. `sort` is the current `?sort=` value, with a minus for descending."""

    caption: Any
    columns: Sequence[Column]
    rows: Sequence[Row]
    sort: str = ""
    totals: Mapping[str, Any] = field(default_factory=dict)
    selects: bool = False
    empty_title: Any = ""
    empty_text: Any = ""
    empty_action: Action | None = None


@dataclass(frozen=True, slots=True)
class Badge:
    label: Any
    meaning: str = "neutral"


@dataclass(frozen=True, slots=True)
class FacetValue:
    label: Any
    url: str
    count: int | None = None
    is_on: bool = False


@dataclass(frozen=True, slots=True)
class Facet:
    label: Any
    values: Sequence[FacetValue]

    @property
    def chosen(self) -> list[FacetValue]:
        return [value for value in self.values if value.is_on]


@dataclass(frozen=True, slots=True)
class Tab:
    label: Any
    url: str
    count: int | None = None
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class GatePart:
    """One source of cover in the funding equation; `note` says e.g. "not yet matched"."""

    label: Any
    amount: Decimal
    meaning: str = "neutral"
    note: Any = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """Does what is paid and promised cover the order? Parts + = covered, against needed."""

    needed: Decimal
    parts: Sequence[GatePart]
    verdict: Any
    is_open: bool
    currency: str = BASE_CURRENCY
    needed_label: Any = ""
    rule: str = ""

    @property
    def covered(self) -> Decimal:
        return sum((part.amount for part in self.parts), Decimal("0.00"))

    @property
    def missing(self) -> Decimal:
        return max(self.needed - self.covered, Decimal("0.00"))


@dataclass(frozen=True, slots=True)
class Meter:
    """How much of a total is used, and how much this document adds. `unit` or `currency`, not both."""

    label: Any
    used: Decimal
    total: Decimal
    adds: Decimal = Decimal(0)
    currency: str = ""
    unit: Any = ""
    used_label: Any = ""
    adds_label: Any = ""
    free_label: Any = ""

    @property
    def free(self) -> Decimal:
        return self.total - self.used - self.adds

    @property
    def used_share(self) -> str:
        return self._share(self.used)

    @property
    def adds_share(self) -> str:
        return self._share(self.adds)

    @property
    def meaning(self) -> str:
        return "blocked" if self.free < 0 else "moving"

    def _share(self, part: Decimal) -> str:
        if self.total <= 0:
            return "0"
        return f"{max(min(part * 100 / self.total, Decimal(100)), Decimal(0)):.2f}"


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row of a bulk act or an import."""

    label: Any
    is_done: bool
    message: Any = ""
    url: str = ""
    place: Any = ""
    value: Any = ""


@dataclass(frozen=True, slots=True)
class Shortcut:
    keys: str
    label: Any
