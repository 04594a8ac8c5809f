"""Template tags of the page components: `{% load ui %}`. `templates/components/README.md` describes each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import uuid4

from django import template
from django.forms import (
    BoundField,
    CheckboxInput,
    CheckboxSelectMultiple,
    FileInput,
    RadioSelect,
    Select,
    Textarea,
)
from django.forms.forms import BaseForm
from django.http import QueryDict
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from core.components import MEANING_ICONS, MEANING_OF, Action, Badge, Change, Moment
from core.navigation import NavLink, links_for

register = template.Library()

Context = dict[str, Any]


@register.simple_tag
def form_key() -> SafeString:
    """A hidden field with a key of this very page, so that sending it twice works once (core.form_once)."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid4())


@register.simple_tag
def icon(name: str, label: Any = "", size: str = "") -> SafeString:
    """An icon of the sprite. Without a label it is decoration and hidden from screen readers."""
    css = f"icon icon-{size}" if size else "icon"
    href = f"{static('vendor/icons/icons.svg')}#i-{name}"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', css, label, href
        )
    return format_html('<svg class="{}" aria-hidden="true"><use href="{}"></use></svg>', css, href)


@register.simple_tag
def status(meaning: str, label: Any) -> SafeString:
    """A badge by its meaning: icon, word and tint."""
    return format_html(
        '<span class="status tone-{}">{}{}</span>', meaning, icon(MEANING_ICONS.get(meaning, "circle")), label
    )


@register.simple_tag
def badge(document: Any, field: str = "status") -> SafeString | str:
    """The badge of a document's status, or of another choice field of it. Also takes a `Badge`."""
    if isinstance(document, Badge):
        return status(document.meaning, document.label)
    value = getattr(document, field, "")
    if not value:
        return none_sign()
    own: Mapping[str, str] = getattr(document, f"{field.upper()}_MEANINGS", {})
    label = getattr(document, f"get_{field}_display", lambda: value)()
    return status(own.get(value) or MEANING_OF.get(value, "neutral"), label)


@register.filter
def cell(cells: Mapping[str, Any], key: str) -> Any:
    """The value of a mapping at a key that is itself a variable."""
    return cells.get(key)


@register.filter
def meaning_icon(meaning: str) -> str:
    return MEANING_ICONS.get(meaning, "circle")


def none_sign() -> SafeString:
    return format_html('<span class="none"><span aria-hidden="true">—</span>{}</span>', _hidden(_("none")))


def _hidden(text: str) -> SafeString:
    return format_html('<span class="visually-hidden">{}</span>', text)


# --- Forms ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, wide: bool = False, unit: Any = "", key: str = "", label: Any = "") -> Context:
    """A form field with its label above, help and error below, linked to each other."""
    widget = bound.field.widget
    described = [f"{bound.auto_id}_help"] if bound.help_text else []
    described += [f"{bound.auto_id}_error"] if bound.errors else []
    is_check = isinstance(widget, CheckboxInput)
    is_group = isinstance(widget, RadioSelect | CheckboxSelectMultiple)
    attributes: dict[str, Any] = {}
    if described and not is_group:
        attributes["aria-describedby"] = " ".join(described)
    if bound.errors:
        attributes["aria-invalid"] = "true"
    if not is_check and not is_group:
        attributes["class"] = " ".join(
            filter(None, ["input", widget.attrs.get("class", ""), _input_class(widget)])
        )
    return {
        "field": bound,
        "control": "" if bound.is_hidden else bound.as_widget(attrs=attributes),
        "label": label or bound.label,
        "wide": wide or isinstance(widget, Textarea),
        "unit": unit,
        "key": key,
        "described": " ".join(described),
        "is_check": is_check,
        "is_group": is_group,
        "is_file": isinstance(widget, FileInput),
    }


def _input_class(widget: Any) -> str:
    if isinstance(widget, Select):
        return ""
    return "input-amount" if widget.attrs.get("inputmode") == "decimal" else ""


@register.inclusion_tag("components/error_summary.html")
def form_errors(form: BaseForm, title: Any = "") -> Context:
    """Everything wrong in a form, on top, each linked to its field."""
    shown = [(form[name], errors) for name, errors in form.errors.items() if name in form.fields]
    return {"title": title, "general": form.non_field_errors(), "shown": shown}


@register.inclusion_tag("components/error_summary.html")
def problems(error: Any, title: Any = "") -> Context:
    """A business error as the summary on top of a form: its message and each of its problems."""
    details = [problem.detail for problem in getattr(error, "problems", ())]
    return {
        "title": title or getattr(error, "message", str(error)),
        "general": details,
        "shown": [],
        "rule": error.rule,
    }


@register.inclusion_tag("components/file_drop.html")
def file_drop(bound: BoundField, hint: Any = "") -> Context:
    """A file field that also takes files dropped on it. Without script it is a plain file input."""
    described = f"{bound.auto_id}_help" + (f" {bound.auto_id}_error" if bound.errors else "")
    attributes: dict[str, Any] = {"aria-describedby": described} | (
        {"aria-invalid": "true"} if bound.errors else {}
    )
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "hint": hint or bound.help_text}


# --- Steps and history ----------------------------------------------------------------------------


@register.inclusion_tag("components/action.html", takes_context=True)
def action(context: Context, act: Action) -> Context:
    """One button as a form of its own (or a link, for a GET)."""
    return {"action": act, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/next_step.html", takes_context=True)
def next_step(context: Context, step: Any) -> Context:
    return {"step": step, "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/actions.html", takes_context=True)
def actions(context: Context, acts: Iterable[Action]) -> Context:
    return {"actions": list(acts), "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/stepper.html")
def stepper(steps: Iterable[Any], label: Any = "") -> Context:
    return {"steps": list(steps), "label": label}


@register.inclusion_tag("components/timeline.html")
def timeline(entries: Iterable[Any], document: Any = None) -> Context:
    """History in the caller's order, of `Moment`s and audit events (fetched with their actor)."""
    return {
        "entries": [entry if isinstance(entry, Moment) else _moment_of(entry, document) for entry in entries]
    }


def _moment_of(event: Any, document: Any) -> Moment:
    refused = event.outcome == "refused"
    meaning = "blocked" if refused else MEANING_OF.get(event.to_status, "neutral")
    label = _label_of(event, document)
    return Moment(
        at=event.at,
        label=_("Refused: %(act)s") % {"act": label} if refused else label,
        actor=event.actor or _("System"),
        note=event.note,
        meaning=meaning,
        channel=event.channel,
        changes=[Change(**change) for change in event.data.get("changes", []) if isinstance(change, dict)],
    )


def _label_of(event: Any, document: Any) -> str:
    """In the reader's language: from the document's own table of moves where it has the move."""
    if document is not None and event.document_type == document.document_type:
        for move in document.workflow.transitions:
            if move.name == event.name:
                return str(move.label)
    return _(event.label) if event.label else event.name


@register.filter
def channel_name(channel: str) -> str:
    return {
        "web": _("page"),
        "api": _("API"),
        "admin": _("admin"),
        "customer": _("customer"),
        "system": _("system"),
    }.get(channel, channel)


@register.inclusion_tag("components/diff.html")
def diff(changes: Iterable[Change]) -> Context:
    return {"changes": list(changes)}


# --- Lists ----------------------------------------------------------------------------------------


@register.inclusion_tag("components/data_table.html", takes_context=True)
def data_table(context: Context, table: Any) -> Context:
    return {"table": table, "request": context.get("request"), "csrf_token": context.get("csrf_token", "")}


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(context: Context, sort: str, label: Any, current: str = "", css: str = "") -> Context:
    """A column head that sorts by `?sort=`; the same again reverses. Other parameters stay, `cursor` goes."""
    request = context.get("request")
    current = current or (request.GET.get("sort", "") if request else "")
    direction = {sort: "ascending", f"-{sort}": "descending"}.get(current, "")
    query = _query(context, sort=f"-{sort}" if direction == "ascending" else sort, cursor=None, page=None)
    return {"label": label, "direction": direction, "url": query, "css": css}


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The present address with some parameters changed; None removes one."""
    return _query(context, **changes)


def _query(context: Context, **changes: Any) -> str:
    request = context.get("request")
    parameters: QueryDict = request.GET.copy() if request else QueryDict(mutable=True)
    for name, value in changes.items():
        if value is None or value == "":
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}"


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Context,
    next_cursor: str = "",
    previous_cursor: str = "",
    shown: int = 0,
    total: int | None = None,
) -> Context:
    """Earlier and later pages by cursor (`?cursor=`); counts where they are known."""
    return {
        "next_url": _query(context, cursor=next_cursor) if next_cursor else "",
        "previous_url": _query(context, cursor=previous_cursor) if previous_cursor else "",
        "shown": shown,
        "total": total,
    }


@register.inclusion_tag("components/facets.html", takes_context=True)
def facets(context: Context, groups: Iterable[Any], clear_url: str = "") -> Context:
    listed = list(groups)
    return {"facets": listed, "any_on": any(group.chosen for group in listed), "clear_url": clear_url}


@register.inclusion_tag("components/tabs.html")
def tabs(entries: Iterable[Any], label: Any = "") -> Context:
    return {"tabs": list(entries), "label": label or _("Views")}


@register.inclusion_tag("components/row_results.html")
def row_results(results: Iterable[Any], title: Any = "") -> Context:
    listed = list(results)
    done = [row for row in listed if row.is_done]
    return {"results": listed, "done": len(done), "failed": len(listed) - len(done), "title": title}


# --- Figures --------------------------------------------------------------------------------------


@register.inclusion_tag("components/gate.html")
def gate(value: Any) -> Context:
    return {"gate": value}


@register.inclusion_tag("components/meter.html")
def meter(value: Any) -> Context:
    return {"meter": value}


@register.inclusion_tag("components/job.html")
def job_card(job: Any, title: Any = "", poll_url: str = "") -> Context:
    """Progress of a background job. Asks again every second while it runs; a reload shows the same."""
    if not poll_url:
        try:
            poll_url = reverse("job", args=[job.uid])
        except NoReverseMatch:
            poll_url = ""
    meanings = {"queued": "waiting", "running": "moving", "done": "done", "failed": "blocked"}
    return {
        "job": job,
        "title": title or _("Background job"),
        "poll_url": poll_url,
        "meaning": meanings.get(job.state, "neutral"),
        "is_open": job.state in ("queued", "running"),
        "percent": job.done * 100 // job.total if job.total else 0,
    }


@register.inclusion_tag("components/viewer.html")
def viewer(url: str, name: str = "", content_type: str = "") -> Context:
    """A picture or PDF beside the work: zoom, turn, reset. Without script it is the picture and a link."""
    return {"url": url, "name": name, "is_pdf": content_type == "application/pdf"}


# --- States of a page -----------------------------------------------------------------------------


@register.inclusion_tag("components/empty.html", takes_context=True)
def empty(
    context: Context, title: Any, text: Any = "", act: Action | None = None, icon_name: str = "inbox"
) -> Context:
    """Why there is nothing, and the one thing to do about it."""
    return {
        "title": title,
        "text": text,
        "action": act,
        "icon_name": icon_name,
        "csrf_token": context.get("csrf_token", ""),
    }


@register.inclusion_tag("components/failure.html", takes_context=True)
def failure(context: Context, what: Any, kept: Any = "", retry_url: str = "") -> Context:
    """What failed, what was kept, the request's id and a way to try again."""
    request = context.get("request")
    return {
        "what": what,
        "kept": kept,
        "retry_url": retry_url,
        "request_id": getattr(request, "request_id", ""),
    }


@register.inclusion_tag("components/forbidden.html")
def forbidden(what: Any, who: Any = "") -> Context:
    """That this person may not, and who can grant it."""
    return {"what": what, "who": who}


@register.inclusion_tag("components/note.html")
def note(meaning: str, text: Any) -> Context:
    return {"meaning": meaning, "text": text}


@register.inclusion_tag("components/print_header.html")
def print_header(title: Any, detail: Any = "") -> Context:
    """The head of a printed list: title, filters in words, when it was printed. Not shown on the screen."""
    return {"title": title, "detail": detail}


@register.inclusion_tag("components/shortcuts.html")
def shortcut_rows(shortcuts: Iterable[Any]) -> Context:
    return {"shortcuts": list(shortcuts)}


@register.simple_block_tag
def bulk_bar(content: str) -> SafeString:
    """The buttons for the selected rows of the list in the same form: `{% bulk_bar %}…{% endbulk_bar %}`."""
    return render_to_string("components/bulk_bar.html", {"content": content})


@register.simple_block_tag
def panel(
    content: str, title: Any = "", flush: bool = False, heading: str = "h2", tools: Any = ""
) -> SafeString:
    """A bordered section: `{% panel title=_("Lines") %}…{% endpanel %}`; `flush` drops the padding."""
    head = format_html(
        '<div class="panel-head"><{0}>{1}</{0}>{2}</div>',
        heading,
        title,
        format_html('<div class="panel-tools">{}</div>', tools) if tools else "",
    )
    body = content if flush else format_html('<div class="panel-body">{}</div>', content)
    return format_html('<section class="panel">{}{}</section>', head if title else "", body)


# --- Shell ----------------------------------------------------------------------------------------


@register.simple_tag(takes_context=True)
def rail_links(context: Context) -> list[NavLink]:
    request = context.get("request")
    user = getattr(request, "user", None)
    if request is None or user is None or not user.is_authenticated:
        return []
    return links_for(user, request.path)


@register.simple_tag(takes_context=True)
def ui_theme(context: Context) -> str:
    """The person's theme, else the cookie's, else the device's."""
    request = context.get("request")
    user = getattr(request, "user", None)
    chosen = getattr(user, "theme", "") or (request.COOKIES.get("theme", "") if request else "")
    return chosen if chosen in ("light", "dark", "auto") else "auto"


@register.simple_tag(takes_context=True)
def ui_rail(context: Context) -> str:
    request = context.get("request")
    return "narrow" if request and request.COOKIES.get("rail") == "narrow" else "wide"


@register.simple_tag(takes_context=True)
def ui_single_keys(context: Context) -> str:
    user = getattr(context.get("request"), "user", None)
    return "on" if getattr(user, "uses_single_keys", True) else "off"


@register.simple_tag
def url_if_any(name: str, *arguments: Any) -> str:
    """The address of a page, or nothing where the page is not part of this installation."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
