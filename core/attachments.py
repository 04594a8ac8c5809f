"""Files of documents: checked by their bytes, hashed, kept outside the web root, served by a checked view
(AU-03).

    slip = store_attachment(upload, kind="slip", actor=user, allowed=PICTURE_OR_PDF)
    remittance = record_remittance(..., image=slip)      # whose service calls attach_to(slip, remittance)

`store_attachment` writes the file and then its row; call it before the transaction that uses it. A page links
to `{% url "file" attachment.uid %}`. Who may fetch it is decided by the app that owns the document:

    register_file_scope("remittance", may_fetch_slip)     # (user, attachment) -> bool

Without a registered scope only the person who uploaded a file may fetch it.
"""

from __future__ import annotations

import hashlib
import io
import os
import re
import tempfile
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.files.base import File
from django.utils.translation import gettext as _
from PIL import Image

from core.errors import BusinessError, FieldProblem, InvalidInput, RuleRefused
from core.failpoints import failpoint
from core.models import Attachment, Document, User
from core.transactions import preparation
from core.workbook_guard import UnsafeWorkbook, inspect_workbook

MOST_BYTES = 10 * 1024 * 1024
MOST_PIXELS = 25_000_000
PICTURE_OR_PDF = ("pdf", "png", "jpg")
WORKBOOK = ("xlsx",)
CONTENT_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
}
SAME_TYPE = {"jpeg": "jpg"}
UNWANTED_IN_NAMES = re.compile(r'[\x00-\x1f\x7f"\\/:*?<>|\u200b-\u200f\u202a-\u202e\u2066-\u2069]')

# A picture that unpacks to more than it should is refused, never merely warned of.
warnings.simplefilter("error", Image.DecompressionBombWarning)
Image.MAX_IMAGE_PIXELS = MOST_PIXELS

FileScope = Callable[[User, Attachment], bool]
_file_scopes: dict[str, FileScope] = {}
_file_resources: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file whose bytes are what its name says."""

    name: str
    content: bytes
    extension: str
    sha256: str

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.extension]


def register_file_scope(document_type: str, may_fetch: FileScope, *, resource: str = "") -> None:
    """Teach core who may fetch the files of one kind of document.

    `resource`: the part of the API a token must have been given to read them, as in `orders:read`.
    """
    _file_scopes[document_type] = may_fetch
    _file_resources[document_type] = resource


def resource_of(attachment: Attachment) -> str:
    """The part of the API to which a file belongs; empty for a file filed nowhere yet."""
    return _file_resources.get(attachment.document_type, "") if attachment.document_number else ""


def may_fetch(attachment: Attachment, user: User) -> bool:
    """Is the file within the person's scope? The view answers 404 where it is not."""
    scope = _file_scopes.get(attachment.document_type)
    if attachment.document_number and scope is not None:
        return scope(user, attachment)
    return attachment.uploaded_by_id == user.pk and user.is_active


def store_attachment(
    upload: File[Any],
    *,
    kind: str,
    actor: User,
    document_type: str = "",
    document_number: str = "",
    root_number: str = "",
    allowed: Sequence[str] = PICTURE_OR_PDF,
) -> Attachment:
    """Check an uploaded file and keep it under its hash; the row follows the file, never the other way round.

    `allowed` are the extensions of this place. Raises InvalidInput (pointer `#/file`) for an empty or wrong
    file, RuleRefused for one that is too large or unsafe; then nothing is kept.
    """
    checked = check_upload(upload, allowed=allowed)
    write_once(checked.content, checked.sha256)
    failpoint("after_file_before_row")
    return _add_row(
        checked,
        kind=kind,
        document_type=document_type,
        document_number=document_number,
        root_number=root_number,
        actor=actor,
    )


def attach_to(attachment: Attachment, document: Document) -> None:
    """File a stored attachment under its document, once; call it inside the document's service."""
    changed = Attachment.objects.filter(pk=attachment.pk, document_number="").update(
        document_type=document.document_type,
        document_number=document.number,
        root_number=document.root_number,
    )
    if not changed:
        raise RuleRefused(
            _("This file already belongs to another document."), rule="AU-03", code="file_taken"
        )
    attachment.document_type = document.document_type
    attachment.document_number, attachment.root_number = document.number, document.root_number


def open_attachment(attachment: Attachment) -> IO[bytes]:
    """The file's bytes, from its start."""
    return path_of(attachment.sha256).open("rb")


def path_of(sha256: str) -> Path:
    return Path(settings.FILES_ROOT) / sha256[:2] / sha256[2:4] / sha256


def check_upload(upload: File[Any], *, allowed: Sequence[str]) -> CheckedFile:
    """Read an upload and prove that it is what it says it is. Touches neither disk nor database."""
    name = clean_name(upload.name or "")
    extension = Path(name).suffix.lower().lstrip(".")
    extension = SAME_TYPE.get(extension, extension)
    if extension not in allowed or extension not in CONTENT_TYPES:
        raise _wrong_file(
            "file_type",
            _("%(name)s cannot be used here. Choose a file of type %(types)s.")
            % {"name": name or "—", "types": ", ".join(allowed)},
        )
    content = _read_within_limit(upload)
    if not content:
        raise _wrong_file("file_empty", _("%(name)s is empty. Choose another file.") % {"name": name})
    _CHECKS[extension](content, name)
    return CheckedFile(name, content, extension, hashlib.sha256(content).hexdigest())


def clean_name(given: str) -> str:
    """The bare name, without folders, quotes, control or direction characters, at most 200 long."""
    last = given.replace("\\", "/").rsplit("/", 1)[-1]
    name = UNWANTED_IN_NAMES.sub("", unicodedata.normalize("NFC", last)).strip(" .")
    name = name.encode("utf-8", "ignore").decode("utf-8")
    stem, dot, extension = name.rpartition(".")
    return f"{stem[: 199 - len(extension)]}{dot}{extension[:20]}" if dot else name[:200]


def write_once(content: bytes, sha256: str) -> Path:
    """Put the bytes under their hash: complete or not at all, and once however often they come."""
    path = path_of(sha256)
    if path.exists() and path.stat().st_size == len(content):
        os.utime(path)  # young again, so that tidying leaves it alone until its row is there
        return path
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="incoming-", delete=False) as file:
        try:
            file.write(content[: len(content) // 2])
            failpoint("mid_file_write")
            file.write(content[len(content) // 2 :])
            file.flush()
            os.fsync(file.fileno())
            os.replace(file.name, path)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    return path


@preparation
def _add_row(checked: CheckedFile, *, actor: User, **filed_under: str) -> Attachment:
    return Attachment.objects.create(
        name=checked.name,
        content_type=checked.content_type,
        size=len(checked.content),
        sha256=checked.sha256,
        uploaded_by=actor,
        **filed_under,
    )


def _read_within_limit(upload: File[Any]) -> bytes:
    """The whole content; what it says of its own size is not believed."""
    content = bytearray()
    for chunk in _chunks(upload):
        content += chunk
        if len(content) > MOST_BYTES:
            raise RuleRefused(
                _("The file is larger than 10 MB. Make it smaller or scan it at a lower resolution."),
                code="file_too_large",
            )
    return bytes(content)


def _chunks(upload: File[Any]) -> Iterator[bytes]:
    upload.seek(0)
    yield from upload.chunks()


def _check_pdf(content: bytes, name: str) -> None:
    if not content.startswith(b"%PDF-") or b"%%EOF" not in content[-2048:]:
        raise _not_what_it_says(name, "PDF")


def _check_picture(content: bytes, name: str, form: str) -> None:
    """Header, size in pixels, then every byte: a damaged or disguised picture is refused here."""
    try:
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            width, height = picture.size
            if width * height > MOST_PIXELS:
                raise _too_many_pixels()
            picture.verify()
        with Image.open(io.BytesIO(content), formats=[form]) as picture:
            picture.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_many_pixels() from error
    except BusinessError:
        raise
    except Exception as error:  # whatever a decoder stumbles over, the file is damaged
        raise _not_what_it_says(name, form) from error


def _check_workbook(content: bytes, name: str) -> None:
    try:
        inspect_workbook(content)
    except UnsafeWorkbook as error:
        if error.is_damaged:
            raise _not_what_it_says(name, "Excel (xlsx)") from error
        raise RuleRefused(
            _(
                "%(name)s cannot be read safely: %(why)s "
                "Save it as a plain workbook (xlsx) and upload it again."
            )
            % {"name": name, "why": error.reason},
            code="unsafe_workbook",
        ) from error


def _check_text(content: bytes, name: str) -> None:
    """A table of text: no workbook, picture or program under a false name."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    if content.startswith(_SIGNS_OF_OTHERS) or (b"\x00" in content and not is_wide):
        raise _not_what_it_says(name, "CSV")


_SIGNS_OF_OTHERS = (b"PK\x03\x04", b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"\xd0\xcf\x11\xe0", b"MZ\x90")
_CHECKS: dict[str, Callable[[bytes, str], None]] = {
    "pdf": _check_pdf,
    "png": lambda content, name: _check_picture(content, name, "PNG"),
    "jpg": lambda content, name: _check_picture(content, name, "JPEG"),
    "xlsx": _check_workbook,
    "csv": _check_text,
}


def _wrong_file(code: str, detail: str) -> InvalidInput:
    return InvalidInput(detail, code=code, problems=[FieldProblem("#/file", code, detail)])


def _not_what_it_says(name: str, form: str) -> InvalidInput:
    return _wrong_file(
        "file_damaged",
        _("%(name)s is damaged or is no %(form)s file. Open it, save it again and choose it once more.")
        % {"name": name, "form": form},
    )


def _too_many_pixels() -> RuleRefused:
    return RuleRefused(
        _("The picture has more than 25 million pixels. Scan it at a lower resolution."),
        code="picture_too_large",
    )
