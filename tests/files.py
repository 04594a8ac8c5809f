"""Small real files for tests: what the checks of uploads accept, and what they refuse."""

from __future__ import annotations

import io
import zipfile

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n"
)


def png_bytes(width: int = 8, height: int = 8, colour: str = "navy") -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(content, "PNG")
    return content.getvalue()


def jpg_bytes(width: int = 8, height: int = 8) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (width, height), "navy").save(content, "JPEG")
    return content.getvalue()


def xlsx_bytes(**parts: bytes) -> bytes:
    """A minimal workbook; further zip parts by name with `__` for a slash."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for name, data in parts.items():
            archive.writestr(name.replace("__", "/"), data)
    return content.getvalue()


def upload(name: str = "slip.png", content: bytes | None = None) -> SimpleUploadedFile:
    """An upload as a form or the API receives it; a real PNG unless told otherwise."""
    return SimpleUploadedFile(name, png_bytes() if content is None else content)
