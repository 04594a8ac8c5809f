"""What a person should look at in a draft and may leave as it is: kept as code and facts, worded on reading."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

WORDS: Mapping[str, Any] = {
    "amount_mismatch": gettext_lazy(
        "The customer states %(stated)s, our total is %(total)s: a difference of %(difference)s. Clear it "
        "before submitting."
    ),
    "below_floor": gettext_lazy("%(sku)s is sold below the floor price."),
    "below_list": gettext_lazy("%(sku)s is sold %(share)s%% below the list price of %(price)s."),
    "demand_not_confirmed": gettext_lazy(
        "The customer has not confirmed the demand note of %(number)s yet. Make sure that it is right."
    ),
    "looks_like": gettext_lazy(
        "%(number)s of the same customer has the same lines and amount. Make sure this is not the same order."
    ),
}


@dataclass(frozen=True, slots=True)
class DraftWarning:
    """`facts` are texts for the words of `code`; amounts in the order's currency."""

    pointer: str
    code: str
    rule: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)

    @property
    def detail(self) -> str:
        return say_warning(self.code, self.facts)

    def kept(self) -> dict[str, Any]:
        """As it stands in the trail."""
        return {"code": self.code, "rule": self.rule, "at": self.pointer, "facts": dict(self.facts)}


def say_warning(code: str, facts: Mapping[str, str]) -> str:
    return str(WORDS[code]) % facts


def sum_up(kept: Iterable[Mapping[str, Any]]) -> list[str]:
    """The warnings of an order from its trail in as few sentences as possible, the gravest first.

    The difference to the stated amount is left out: the order's page shows it with the amounts.
    """
    known = [warning for warning in kept if warning.get("code") in WORDS and warning.get("facts")]
    said = [
        say_warning(warning["code"], warning["facts"])
        for code in ("looks_like", "below_floor")
        for warning in known
        if warning["code"] == code
    ]
    below = [warning["facts"] for warning in known if warning["code"] == "below_list"]
    if below:
        comma = pgettext("between names of a list", ", ")
        lines = comma.join(f"{facts['sku']} −{facts['share']}%" for facts in below)
        said.append(_("Below the list price: %(lines)s.") % {"lines": lines})
    return said
