"""Looks into a workbook's zip directory before any reader does: bombs, macros and entities never get
further."""

from __future__ import annotations

import io
import re
import zipfile
import zlib

from django.utils.translation import gettext as _

MOST_ENTRIES = 200
MOST_UNPACKED = 50 * 1024 * 1024
MOST_RATIO = 100
CHUNK = 256 * 1024
NEEDED = {"[Content_Types].xml", "xl/workbook.xml"}
ENTITY = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
MACRO = re.compile(r"(vbaproject\.bin|macrosheets/|activex/)", re.IGNORECASE)


class UnsafeWorkbook(Exception):
    """Not a workbook at all (`is_damaged`), or one that must not be opened, with the reason in words."""

    def __init__(self, reason: str = "", *, is_damaged: bool = False) -> None:
        self.reason, self.is_damaged = reason, is_damaged
        super().__init__(reason)


def inspect_workbook(content: bytes) -> None:
    """Raise UnsafeWorkbook unless the bytes are a plain xlsx of reasonable size. Memory stays below 1 MB."""
    if not content.startswith(b"PK\x03\x04"):
        raise UnsafeWorkbook(is_damaged=True)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _inspect_directory(archive, len(content))
            _inspect_parts(archive)
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        RuntimeError,
        ValueError,
        OSError,
    ) as error:
        raise UnsafeWorkbook(is_damaged=True) from error


def _inspect_directory(archive: zipfile.ZipFile, size: int) -> None:
    parts = archive.infolist()
    names = [part.filename for part in parts]
    if len(parts) > MOST_ENTRIES:
        raise UnsafeWorkbook(_("it has too many parts."))
    if len(set(names)) != len(names) or not set(names) >= NEEDED:
        raise UnsafeWorkbook(is_damaged=True)
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise UnsafeWorkbook(is_damaged=True)
    if any(part.flag_bits & 0x1 for part in parts):
        raise UnsafeWorkbook(_("it is protected by a password."))
    if any(MACRO.search(name) for name in names):
        raise UnsafeWorkbook(_("it contains macros."))
    unpacked = sum(part.file_size for part in parts)
    if unpacked > MOST_UNPACKED or unpacked > MOST_RATIO * size:
        raise UnsafeWorkbook(_("it unpacks to too much."))


def _inspect_parts(archive: zipfile.ZipFile) -> None:
    """Unpack in pieces, counting what really comes out, and look for entities in the XML."""
    unpacked = 0
    for part in archive.infolist():
        is_xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
        tail = b""
        with archive.open(part) as stream:
            while chunk := stream.read(CHUNK):
                unpacked += len(chunk)
                if unpacked > MOST_UNPACKED:
                    raise UnsafeWorkbook(_("it unpacks to too much."))
                if is_xml and ENTITY.search(tail + chunk.replace(b"\x00", b"")):
                    raise UnsafeWorkbook(_("it contains entity declarations."))
                if part.filename == "[Content_Types].xml" and b"macroEnabled" in chunk:
                    raise UnsafeWorkbook(_("it contains macros."))
                tail = chunk[-64:].replace(b"\x00", b"")
