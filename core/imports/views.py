"""Pages of the import centre: what may be imported, the steps of a batch, and its files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import override

from core.attachments import CONTENT_TYPES
from core.components import Action, Step
from core.errors import BusinessError
from core.form_once import AlreadySent, sent_once
from core.imports.forms import MappingForm, UploadForm
from core.imports.queries import batches_of, has_failed, outcome_tabs, progress_of, row_page
from core.imports.registry import Obstacle, import_kinds, kind_named, kinds_for
from core.imports.report import file_with_problems
from core.imports.services import UndoPrevented, is_csv, open_batch, start_check, start_commit, undo_batch
from core.imports.template import template_workbook
from core.keyset import keyset_page
from core.models import ImportBatch, ImportRow
from core.pages import StaffPage, put_error_on_form, say_error, seen_version, visible_or_404
from core.trail import record_act
from core.transactions import unit_of_work

Status = ImportBatch.Status
MOST_OBSTACLES = 50


class ImportPage(StaffPage):
    """Open to everybody who may import something; a batch only to those who may import its kind."""

    @property
    def permission(self) -> tuple[str, ...]:  # type: ignore[override]
        return tuple(sorted({kind.permission for kind in import_kinds()}))

    def batch(self, number: str) -> ImportBatch:
        return visible_or_404(ImportBatch.objects.visible_to(self.user).for_display(), number=number)


class ImportsPage(ImportPage):
    """GET: the kinds with their templates, and the batches, newest first."""

    def get(self, request: HttpRequest) -> HttpResponse:
        kinds = kinds_for(self.user)
        rows = batches_of(kinds, ImportBatch.objects.visible_to(self.user))
        page = keyset_page(rows, request.GET.get("cursor", ""), key="number", is_descending=True)
        titles = {kind.slug: kind.title for kind in kinds}
        shown = [(batch, titles[batch.kind]) for batch in page.rows]
        return render(request, "imports/import_list.html", {"kinds": kinds, "page": page, "shown": shown})


class NewImportPage(ImportPage):
    """GET and POST: choose what the file holds, and the file."""

    def get(self, request: HttpRequest) -> HttpResponse:
        known = {kind.slug for kind in kinds_for(self.user)}
        wanted = request.GET.get("kind", "")
        return self.show(UploadForm(user=self.user, initial={"kind": wanted if wanted in known else ""}))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES, user=self.user)
        if not form.is_valid():
            return self.show(form, status=422)
        try:
            with sent_once(
                self.user, key=request.POST.get("form_key", ""), route=request.path, address=_mapping_of
            ):
                batch = open_batch(
                    form.cleaned_data["kind"], upload=form.cleaned_data["file"], actor=self.user
                )
        except AlreadySent as error:
            messages.info(request, str(error))
            return HttpResponseRedirect(error.address or reverse("imports"))
        except BusinessError as error:
            put_error_on_form(form, error)
            return self.show(form, status=422)
        return HttpResponseRedirect(_mapping_of(batch))

    def show(self, form: UploadForm, status: int = 200) -> HttpResponse:
        context = {"form": form, "kinds": kinds_for(self.user), "steps": steps_of(None)}
        return render(self.request, "imports/import_new.html", context, status=status)


def _mapping_of(batch: Any) -> str:
    return reverse("import_mapping", args=[batch.number])


class ImportTemplatePage(ImportPage):
    """GET: the workbook to fill in, in the reader's language or in `?language=`."""

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        found = next((known for known in kinds_for(self.user) if known.slug == kind), None)
        if found is None:
            return visible_or_404(ImportBatch.objects.none(), number=kind)
        language = request.GET.get("language", "")
        with override(language if language in ("zh-hans", "en") else self.user.language):
            name = _("Template %(kind)s") % {"kind": found.title}
            return _download(template_workbook(found), f"{name}.xlsx", CONTENT_TYPES["xlsx"])


class ImportBatchPage(ImportPage):
    """GET: where the batch stands; while a step runs the polling script gets the body alone."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        return self.show(self.batch(number))

    def show(
        self, batch: ImportBatch, *, obstacles: Sequence[Obstacle] = (), error: Any = None, status: int = 200
    ) -> HttpResponse:
        request = self.request
        is_fragment = request.headers.get("HX-Request") == "true"
        template = "imports/_batch_body.html" if is_fragment else "imports/import_detail.html"
        context = self.context(batch) | {
            "obstacles": obstacles[:MOST_OBSTACLES], "more_obstacles": len(obstacles) - MOST_OBSTACLES, "error": error,
        }  # fmt: skip
        return render(request, template, context, status=status)

    def context(self, batch: ImportBatch) -> dict[str, Any]:
        is_stuck = has_failed(batch)
        is_running = batch.is_running and not is_stuck
        done, total = progress_of(batch)
        chosen = self.request.GET.get("show", "")
        if chosen not in ImportRow.Outcome.values:
            chosen = ""
        has_rows = bool(batch.counts) and not is_running
        counts = batch.counts
        return {
            "batch": batch,
            "kind": kind_named(batch.kind),
            "steps": steps_of(batch),
            "is_running": is_running,
            "done": done,
            "total": total,
            "percent": done * 100 // total if total else 0,
            "failure": batch.job.error if is_stuck and batch.job else batch.failure,
            "changes": counts.get("create", 0) + counts.get("update", 0),
            "may_match": batch.status in (Status.UPLOADED, Status.MAPPED, Status.CHECKED) or is_stuck,
            "may_commit": batch.status == Status.CHECKED or (is_stuck and batch.status == Status.COMMITTING),
            "show": chosen,
            "tabs_of_rows": outcome_tabs(batch, chosen) if has_rows else [],
            "rows": row_page(batch, chosen, self.request.GET.get("cursor", "")) if has_rows else None,
            "undo": _undo_action(batch) if batch.status == Status.COMMITTED else None,
        }


def _undo_action(batch: ImportBatch) -> Action:
    return Action(
        _("Undo import"),
        reverse("import_undo", args=[batch.number]),
        icon="arrow-back-up",
        is_danger=True,
        fields={"version": batch.version},
        confirm=_("Everything this file brought in is taken back. This works as long as nothing uses it."),
    )


def steps_of(batch: ImportBatch | None) -> list[Step]:
    """Upload, match, check, import: which is done and which is next."""
    reached = {
        Status.UPLOADED: 1, Status.MAPPED: 1, Status.CHECKING: 2, Status.CHECKED: 3, Status.COMMITTING: 3,
        Status.COMMITTED: 4, Status.UNDONE: 4,
    }[Status(batch.status)] if batch is not None else 0  # fmt: skip
    names = (_("Choose file"), _("Match columns"), _("Check rows"), _("Import rows"))
    states = ["done" if place < reached else "current" if place == reached else "todo" for place in range(4)]
    return [Step(name, state) for name, state in zip(names, states, strict=True)]


class ImportMappingPage(ImportPage):
    """GET and POST: which column holds what, beside the first rows of the file."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = self.batch(number)
        if not (batch.status in (Status.UPLOADED, Status.MAPPED, Status.CHECKED) or has_failed(batch)):
            return HttpResponseRedirect(batch.get_absolute_url())
        return self.show(batch, MappingForm(batch=batch))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = self.batch(number)
        form = MappingForm(request.POST, batch=batch)
        if not form.is_valid():
            return self.show(batch, form, status=422)
        try:
            start_check(batch, mapping=form.mapping(), actor=self.user, version=seen_version(request))
        except BusinessError as error:
            put_error_on_form(form, error)
            return self.show(batch, form, status=error.http_status if error.http_status == 409 else 422)
        return HttpResponseRedirect(batch.get_absolute_url())

    def show(self, batch: ImportBatch, form: MappingForm, status: int = 200) -> HttpResponse:
        return render(
            self.request,
            "imports/import_mapping.html",
            {"batch": batch, "kind": form.kind, "form": form, "steps": steps_of(batch)},
            status=status,
        )


class CommitImportPage(ImportPage):
    """POST `mode` and `version`: queue the import of all rows, or of the valid ones."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = self.batch(number)
        try:
            start_commit(
                batch, mode=request.POST.get("mode", ""), actor=self.user, version=seen_version(request)
            )
        except BusinessError as error:
            say_error(request, error)
        return HttpResponseRedirect(batch.get_absolute_url())


class UndoImportPage(ImportBatchPage):
    """POST `version`: take back what the batch wrote; what prevents it is listed on the batch's page."""

    http_method_names = ("post", "options")

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = self.batch(number)
        note = request.POST.get("note", "").replace("\x00", "")
        try:
            undo_batch(batch, actor=self.user, version=seen_version(request), note=note)
        except UndoPrevented as error:
            return self.show(batch, obstacles=error.obstacles, error=error, status=422)
        except BusinessError as error:
            say_error(request, error)
            return HttpResponseRedirect(batch.get_absolute_url())
        messages.success(request, _("%(number)s was undone.") % {"number": batch.number})
        return HttpResponseRedirect(batch.get_absolute_url())


class ImportProblemsPage(ImportPage):
    """GET: the original file with the problems of each row in one more column."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = self.batch(number)
        content = file_with_problems(batch)
        _record_download(batch, actor=self.user)
        stem, _dot, extension = batch.original.name.rpartition(".")
        name = _("%(file)s with problems") % {"file": stem or batch.original.name}
        return _download(
            content, f"{name}.{extension}", CONTENT_TYPES["csv" if is_csv(batch.original) else "xlsx"]
        )


@unit_of_work
def _record_download(batch: ImportBatch, *, actor: Any) -> None:
    record_act("file.download", actor=actor, subject=batch.number, data={"name": batch.original.name})


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name) or ""
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response
