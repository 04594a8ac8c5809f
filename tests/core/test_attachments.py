"""Files are what their names say, are kept under their hash, and leave only within scope."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.test import Client

from core.attachments import WORKBOOK, attach_to, path_of, register_file_scope, store_attachment
from core.errors import BusinessError, InvalidInput, RuleRefused
from core.models import Attachment, Event, User
from tests.conftest import Cast
from tests.files import PDF, jpg_bytes, png_bytes, upload, xlsx_bytes

pytestmark = pytest.mark.django_db
SignIn = Callable[[User], Client]


def huge_png(width: int, height: int) -> bytes:
    """A header that promises many pixels, in a few bytes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def zip_of(count: int) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<workbook/>")
        for number in range(count):
            archive.writestr(f"xl/media/{number}.bin", b"x")
    return content.getvalue()


@pytest.mark.rule("AU-03")
@pytest.mark.parametrize(
    ("name", "content", "content_type"),
    [
        ("水单 2026-11.png", png_bytes(), "image/png"),
        ("slip.JPEG", jpg_bytes(), "image/jpeg"),
        ("slip.pdf", PDF, "application/pdf"),
    ],
)
def test_a_good_file_is_kept_under_its_hash(cast: Cast, name: str, content: bytes, content_type: str) -> None:
    stored = store_attachment(upload(name, content), kind="slip", actor=cast.assistant)

    assert (stored.name, stored.content_type, stored.size) == (name, content_type, len(content))
    assert path_of(stored.sha256).read_bytes() == content


def test_the_same_file_twice_is_two_rows_and_one_file(cast: Cast) -> None:
    one = store_attachment(upload(), kind="slip", actor=cast.assistant)
    two = store_attachment(upload(), kind="slip", actor=cast.rep)
    assert one.pk != two.pk
    assert one.sha256 == two.sha256


BOMB = xlsx_bytes(**{"xl__worksheets__sheet1.xml": b"0" * 8_000_000})
REFUSED = {
    "empty": ("slip.png", b""),
    "text as picture": ("slip.png", b"hello"),
    "svg": ("slip.svg", b"<svg onload='alert(1)'/>"),
    "html as pdf": ("slip.pdf", b"<html><script>alert(1)</script>"),
    "pdf cut off": ("slip.pdf", b"%PDF-1.4\n1 0 obj"),
    "png named jpg": ("slip.jpg", png_bytes()),
    "picture cut off": ("slip.png", png_bytes(200, 200)[:-40]),
    "20000 × 20000 pixels": ("slip.png", huge_png(20000, 20000)),
    "6000 × 6000 pixels": ("slip.png", huge_png(6000, 6000)),
    "no extension": ("slip", png_bytes()),
    "two extensions": ("slip.png.exe", png_bytes()),
    "workbook in a slip's place": ("slip.xlsx", xlsx_bytes()),
    "larger than 10 MB": ("slip.pdf", PDF + b"\x00" * (10 * 1024 * 1024) + b"%%EOF"),
}
REFUSED_WORKBOOKS = {
    "no zip": b"PK\x03\x04 nothing more",
    "not a workbook": zip_of(0)[:-30],
    "too many parts": zip_of(300),
    "unpacks to a hundredfold": BOMB,
    "macros": xlsx_bytes(**{"xl/vbaProject.bin": b"x"}),
    "entities": xlsx_bytes(**{"xl__a.xml": b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'}),
    "utf-16 entities": xlsx_bytes(**{"xl__a.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>'.encode("utf-16")}),
    "outside its folder": xlsx_bytes(**{"..__..__etc__passwd": b"x"}),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_wrong_file_is_refused_and_nothing_kept(cast: Cast, case: str) -> None:
    name, content = REFUSED[case]
    with pytest.raises((InvalidInput, RuleRefused)):
        store_attachment(upload(name, content), kind="slip", actor=cast.assistant)
    assert not Attachment.objects.exists()


@pytest.mark.parametrize("case", REFUSED_WORKBOOKS)
def test_a_dangerous_workbook_is_refused(cast: Cast, case: str) -> None:
    with pytest.raises((InvalidInput, RuleRefused)):
        store_attachment(
            upload("form.xlsx", REFUSED_WORKBOOKS[case]),
            kind="original",
            actor=cast.assistant,
            allowed=WORKBOOK,
        )
    assert not Attachment.objects.exists()


def test_a_plain_workbook_passes(cast: Cast) -> None:
    stored = store_attachment(
        upload("订单.xlsx", xlsx_bytes()), kind="original", actor=cast.assistant, allowed=WORKBOOK
    )
    assert stored.content_type.endswith("spreadsheetml.sheet")


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("..\\..\\etc\\slip.png", "slip.png"),
        ('a"b\r\nSet-Cookie: x.png', "abSet-Cookie x.png"),
        ("\u202egnp.exe.png", "gnp.exe.png"),
        ("长" * 300 + ".png", "长" * 196 + ".png"),
    ],
)
def test_a_name_carries_nothing_into_headers_or_folders(cast: Cast, given: str, kept: str) -> None:
    file = upload("x.png")
    file._name = given
    assert store_attachment(file, kind="slip", actor=cast.assistant).name == kept


def test_a_file_belongs_to_one_document(cast: Cast) -> None:
    class Paper:
        document_type, number, root_number = "paper", "P-1", "P-1"

    stored = store_attachment(upload(), kind="slip", actor=cast.assistant)
    attach_to(stored, Paper())  # type: ignore[arg-type]
    with pytest.raises(RuleRefused):
        attach_to(stored, Paper())  # type: ignore[arg-type]
    assert Attachment.objects.get().document_number == "P-1"


@pytest.mark.rule("AU-01")
def test_a_download_is_harmless_and_recorded(cast: Cast, signed_in: SignIn) -> None:
    stored = store_attachment(upload('水单";x.png'), kind="slip", actor=cast.assistant)

    answer = signed_in(cast.assistant).get(f"/files/{stored.uid}/")

    assert b"".join(answer) == png_bytes()
    assert answer["Content-Disposition"] == "attachment; filename*=utf-8''%E6%B0%B4%E5%8D%95%3Bx.png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "private, no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert Event.objects.get(name="file.download").actor == cast.assistant


def test_only_pictures_are_shown_in_place(cast: Cast, signed_in: SignIn) -> None:
    picture = store_attachment(upload(), kind="slip", actor=cast.assistant)
    paper = store_attachment(upload("slip.pdf", PDF), kind="slip", actor=cast.assistant)
    browser = signed_in(cast.assistant)
    assert browser.get(f"/files/{picture.uid}/?inline=1")["Content-Disposition"].startswith("inline")
    assert browser.get(f"/files/{paper.uid}/?inline=1")["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize("who", ["second_assistant", "finance", "admin", "auditor"])
def test_a_file_out_of_scope_does_not_exist(cast: Cast, signed_in: SignIn, who: str) -> None:
    stored = store_attachment(upload(), kind="slip", actor=cast.assistant)
    assert signed_in(getattr(cast, who)).get(f"/files/{stored.uid}/").status_code == 404
    assert not Event.objects.filter(name="file.download").exists()


def test_the_owner_of_the_document_decides(cast: Cast, signed_in: SignIn) -> None:
    register_file_scope("paper", lambda user, attachment: user == cast.finance)
    stored = store_attachment(
        upload(), kind="slip", actor=cast.assistant, document_type="paper", document_number="P-1"
    )
    assert signed_in(cast.finance).get(f"/files/{stored.uid}/").status_code == 200
    assert signed_in(cast.assistant).get(f"/files/{stored.uid}/").status_code == 404


def test_nobody_gets_a_file_without_signing_in(cast: Cast, client: Client) -> None:
    stored = store_attachment(upload(), kind="slip", actor=cast.assistant)
    assert client.get(f"/files/{stored.uid}/").status_code == 302
    assert client.get(f"/media/{stored.sha256}").status_code == 404


def test_a_refusal_says_what_to_do(cast: Cast) -> None:
    with pytest.raises(BusinessError) as refused:
        store_attachment(upload("slip.docx", b"x"), kind="slip", actor=cast.assistant)
    assert "pdf, png, jpg" in str(refused.value)
