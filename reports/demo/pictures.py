"""Paper for the demo: a bank slip and a signed delivery note as small pictures."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from io import BytesIO

from django.conf import settings
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw, ImageFont

FONT = "static/vendor/fonts/NotoSansSC-Regular.ttf"
INK, RED, LINE, PAPER = 0, 1, 2, 3
PALETTE = (27, 36, 48, 163, 32, 27, 201, 208, 217, 252, 250, 244)
WIDTH, MARGIN, TOP, STEP = 520, 24, 68, 28


def slip_picture(number: str, rows: Sequence[tuple[str, str]]) -> ContentFile[bytes]:
    """What a customer photographs at the bank: heading, rows, a stamp."""
    return ContentFile(_paper("网上银行电子回单", rows, "已受理"), name=f"slip-{number}.png")


def delivery_note(number: str, rows: Sequence[tuple[str, str]]) -> ContentFile[bytes]:
    """The delivery note with the customer's signature and stamp."""
    return ContentFile(_paper("送货单（客户签收联）", rows, "收货专用章"), name=f"delivery-{number}.png")


def written_order(number: str, rows: Sequence[tuple[str, str]]) -> ContentFile[bytes]:
    """The customer's own paper: an order by fax, or the written confirmation of a call."""
    return ContentFile(_paper("采购订单", rows, "合同专用章"), name=f"order-{number}.png")


def signed_contract(number: str, rows: Sequence[tuple[str, str]]) -> ContentFile[bytes]:
    """The last page of a contract with both stamps, scanned."""
    return ContentFile(_paper("销售合同（签字盖章页）", rows, "合同专用章"), name=f"contract-{number}.png")


def _paper(title: str, rows: Sequence[tuple[str, str]], stamp: str) -> bytes:
    picture = _blank(title, tuple(label for label, _value in rows), stamp).copy()
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    for place, (_label, value) in enumerate(rows):
        draw.text((MARGIN + 110, TOP + STEP * place), value, fill=INK, font=_font(15))
    content = BytesIO()
    picture.save(content, "PNG", compress_level=1)
    return content.getvalue()


@cache
def _blank(title: str, labels: tuple[str, ...], stamp: str) -> Image.Image:
    """The form itself, drawn once."""
    height = TOP + STEP * len(labels) + 48
    picture = Image.new("P", (WIDTH, height), PAPER)
    picture.putpalette(PALETTE)
    draw = ImageDraw.Draw(picture)
    draw.fontmode = "1"
    draw.text((MARGIN, 18), title, fill=INK, font=_font(22))
    draw.line((MARGIN, 56, WIDTH - MARGIN, 56), fill=INK, width=2)
    for place, label in enumerate(labels):
        top = TOP + STEP * place
        draw.text((MARGIN, top), label, fill=INK, font=_font(15))
        draw.line((MARGIN, top + 24, WIDTH - MARGIN, top + 24), fill=LINE)
    _stamp(draw, stamp, height)
    return picture


def _stamp(draw: ImageDraw.ImageDraw, text: str, height: int) -> None:
    left, top, right, bottom = WIDTH - 160, height - 80, WIDTH - 28, height - 14
    draw.ellipse((left, top, right, bottom), outline=RED, width=3)
    draw.text(((left + right) / 2, (top + bottom) / 2), text, fill=RED, font=_font(16), anchor="mm")


@cache
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(settings.BASE_DIR / FONT), size)
