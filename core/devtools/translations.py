"""Collects the msgids of code and templates, keeps the catalogues in step with them, compiles them.

Needs only Babel: templates go through Django's own `templatize`, so nothing outside Python is called.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

SOURCE_FOLDERS = (
    "config", "core", "customers", "inventory", "orders", "credit", "fulfillment", "aftersales", "reports",
    "templates",
)  # fmt: skip
TEMPLATE_SUFFIXES = {".html", ".txt", ".svg", ".xml"}
KEYWORDS: dict[str, tuple[int | tuple[int, str], ...] | None] = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
THIRD_PARTY = ("unfold", "axes", "django_filters", "simple_history", "django_celery_beat", "rest_framework")
"""Packages whose words the admin or the API can show; what they or Django say in Chinese is left to them."""
NOT_INSTALLED = {
    "constance", "guardian", "import_export", "unfold_crispy", "location_field", "migrations", "management",
}  # fmt: skip
PLURAL_FORMS = {"zh_Hans": "nplurals=1; plural=0;", "en": "nplurals=2; plural=(n != 1);"}
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|(?<!\{)\{(\w*)\}")
TEXT = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"(?<!\w)(?:_|n?p?gettext)\({TEXT}(?:, *(?:{TEXT}|\w+))*\)")
CJK = r"[\u3400-\u9fff]"
WORDING_RULES = (
    (re.compile(r"[!！]"), "an exclamation mark"),
    (re.compile(r"[０-９]"), "full-width digits"),
    (re.compile(rf"{CJK}\s*[,;?]|[,;?]\s*{CJK}|{CJK}:|{CJK}\.(?!\w|\{{|%)"), "half-width punctuation"),
    (re.compile(rf"{CJK}\(|\){CJK}"), "half-width brackets"),
    (re.compile("您"), "the word 您, which belongs to the customer's letters only"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """A catalogue file and where its msgids come from."""

    folder: Path
    language: str
    is_ours: bool

    @property
    def po(self) -> Path:
        return self.folder / self.language / "LC_MESSAGES" / "django.po"

    @property
    def mo(self) -> Path:
        return self.po.with_suffix(".mo")


def parts_of(root: Path) -> list[Part]:
    return [
        Part(root / "locale", "zh_Hans", is_ours=True),
        Part(root / "locale", "en", is_ours=True),
        Part(root / "locale" / "third_party", "zh_Hans", is_ours=False),
    ]


def collected(root: Path) -> Catalog:
    """Every msgid of our own code and templates; nothing is translated in it."""
    files = [
        path
        for folder in SOURCE_FOLDERS
        for path in sorted((root / folder).rglob("*"))
        if path.suffix == ".py" or path.suffix in TEMPLATE_SUFFIXES
    ]
    return _catalog_of((path, path.relative_to(root).as_posix()) for path in files)


def collected_third_party() -> Catalog:
    """The msgids of other people's packages for which nobody ships Chinese."""
    catalog = Catalog(fuzzy=False)
    provided = _provided_elsewhere()
    files = [
        (path, f"{package}/{path.relative_to(folder).as_posix()}")
        for package in THIRD_PARTY
        for folder in [_folder_of(package)]
        for path in sorted(folder.rglob("*"))
        if path.suffix in {".py", ".html"} and not NOT_INSTALLED & set(path.parts)
    ]
    for message in _messages(_catalog_of(files)):
        if (message.context, _singular(message)) not in provided:
            catalog.add(message.id, locations=message.locations, context=message.context)
    return catalog


def read_catalog(path: Path, language: str) -> Catalog:
    if not path.exists():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="django")


def merged(template: Catalog, known: Catalog, *, language: str) -> Catalog:
    """The template's msgids with the translations already known; English translates itself."""
    catalog = Catalog(locale=language, domain="django", fuzzy=False)
    for message in sorted(_messages(template), key=_sort_key):
        old = known.get(_singular(message), context=message.context)
        said: str | tuple[str, ...] = ""
        if language == "en":
            said = message.id if isinstance(message.id, str) else tuple(message.id)
        elif old and not old.fuzzy:
            first = _texts(old.string)[0]
            said = (first,) if isinstance(message.id, tuple) else first
        places = sorted({(place, 0) for place, _line in message.locations})
        catalog.add(message.id, said, locations=places, context=message.context)
    return catalog


def po_bytes(catalog: Catalog, language: str) -> bytes:
    """As written to disk: files without line numbers, so that it changes only with its words."""
    buffer = BytesIO()
    write_po(buffer, catalog, omit_header=True, include_lineno=False, width=110)
    header = 'msgid ""\nmsgstr ""\n' + "".join(f'"{line}\\n"\n' for line in _header_of(language))
    return header.encode() + b"\n" + buffer.getvalue().strip() + b"\n"


def mo_bytes(catalog: Catalog, language: str) -> bytes:
    plain = _PlainCatalog(locale=language)
    for message in _messages(catalog):
        plain.add(message.id, message.string, context=message.context)
    buffer = BytesIO()
    write_mo(buffer, plain)
    return buffer.getvalue()


class _PlainCatalog(Catalog):
    """Without dates and versions in its header: the same words give the same bytes."""

    def _get_mime_headers(self) -> list[tuple[str, str]]:
        return [
            (name, value) for name, value in (line.split(": ", 1) for line in _header_of(str(self.locale)))
        ]

    mime_headers = property(_get_mime_headers)


def _header_of(language: str) -> list[str]:
    return [
        "Project-Id-Version: Shundan",
        f"Language: {language}",
        "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 8bit",
        f"Plural-Forms: {PLURAL_FORMS[language]}",
    ]


def update_catalogs(root: Path) -> list[str]:
    """Rewrites and compiles every catalogue; returns a line about each."""
    ours, third = collected(root), collected_third_party()
    told = []
    for part in parts_of(root):
        known = read_catalog(part.po, part.language)
        catalog = merged(ours if part.is_ours else third, known, language=part.language)
        part.po.parent.mkdir(parents=True, exist_ok=True)
        part.po.write_bytes(po_bytes(catalog, part.language))
        compile_part(part)
        open_ones = sum(1 for message in _messages(catalog) if not is_translated(message))
        told.append(f"{part.po.relative_to(root)}: {len(catalog)} msgids, {open_ones} untranslated")
    return told


def compile_part(part: Part) -> None:
    part.mo.write_bytes(mo_bytes(read_catalog(part.po, part.language), part.language))


def faults_of(root: Path) -> list[str]:
    """What is wrong with the catalogues as they stand, in words; empty when they are complete."""
    ours, third = collected(root), collected_third_party()
    return [
        fault for part in parts_of(root) for fault in _faults_of_part(part, ours if part.is_ours else third)
    ]


def _faults_of_part(part: Part, template: Catalog) -> Iterator[str]:
    catalog, name = read_catalog(part.po, part.language), f"{part.po.parent.parent.name}"
    if not part.is_ours:
        name = f"third_party/{name}"
    if part.mo.read_bytes() != mo_bytes(catalog, part.language):
        yield f"{name}: the compiled file is not made from the words beside it"
    for message in _messages(catalog):
        yield from (
            f"{name}: {_singular(message)!r}: {fault}" for fault in faults_of_message(message, part.language)
        )
    wanted = {(message.context, _singular(message)) for message in _messages(template)}
    held = {(message.context, _singular(message)) for message in _messages(catalog)}
    yield from (
        f"{name}: {msgid!r} is in the code and not in the catalogue" for _context, msgid in wanted - held
    )
    yield from (
        f"{name}: {msgid!r} is in the catalogue and not in the code" for _context, msgid in held - wanted
    )


def faults_of_message(message: Message, language: str) -> Iterator[str]:
    if not is_translated(message):
        yield "untranslated"
        return
    if message.fuzzy:
        yield "fuzzy"
    wanted = {name for text in _texts(message.id) for name in placeholders(text)}
    *singular, plural = _texts(message.string)  # only a singular may leave its count out
    for text in (*singular, plural):
        found = placeholders(text)
        if found - wanted or (wanted - found and text is plural):
            yield f"placeholders {sorted(found)} instead of {sorted(wanted)}"
        if language == "zh_Hans":
            is_letter = any(place.startswith("templates/mail/") for place, _line in message.locations)
            yield from (
                f"{what} in {text!r}"
                for rule, what in WORDING_RULES
                if rule.search(text) and not (is_letter and "您" in what)
            )


def placeholders(text: str) -> set[str]:
    return {first or second for first, second in PLACEHOLDER.findall(text)}


def is_translated(message: Message) -> bool:
    return all(_texts(message.string))


def _texts(said: str | Sequence[str] | None) -> list[str]:
    return [said] if isinstance(said, str) else list(said or [""])


def _singular(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _sort_key(message: Message) -> tuple[str, str]:
    return _singular(message), message.context or ""


def _messages(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise LookupError(package)
    return Path(spec.origin).parent


def _provided_elsewhere() -> set[tuple[str | None, str]]:
    """What Django and the packages themselves say in Chinese."""
    files = [*_folder_of("django").glob("**/locale/zh_Hans/LC_MESSAGES/django.mo")]
    for package in THIRD_PARTY:
        files += _folder_of(package).glob("locale/zh_Hans/LC_MESSAGES/django.mo")
    return {
        (message.context, _singular(message))
        for path in files
        for message in _messages(read_mo(BytesIO(path.read_bytes())))
        if is_translated(message)
    }


def _catalog_of(files: Iterable[tuple[Path, str]]) -> Catalog:
    catalog = Catalog(fuzzy=False)
    for path, name in files:
        for context, msgid in _msgids_of(path):
            catalog.add(msgid, locations=[(name, 0)], context=context)
    return catalog


def _msgids_of(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix in TEMPLATE_SUFFIXES:
        source = _calls_in(templatize(source, origin=str(path)))
    for _line, msgid, _comments, context in extract("python", BytesIO(source.encode()), keywords=KEYWORDS):
        if _singular_of(msgid):
            yield context, msgid


def _singular_of(msgid: str | tuple[str, ...]) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


def _calls_in(source: str) -> str:
    """What `templatize` leaves is no program; only its gettext calls count."""
    return "\n".join(match[0] for match in CALL.finditer(source))
