"""Only what nobody owns and nobody needs any more is removed."""

from __future__ import annotations

import os
import time
from datetime import timedelta

import pytest

from core.attachments import path_of, store_attachment, write_once
from core.clock import clock_set_to, now
from core.idempotency import claim_key
from core.models import IdempotencyRecord
from core.tidying import tidy
from tests.conftest import Cast
from tests.files import upload

pytestmark = pytest.mark.django_db
OLD = time.time() - 25 * 3600


def test_an_old_file_without_a_row_goes_and_an_owned_one_stays(cast: Cast) -> None:
    owned = path_of(store_attachment(upload(), kind="slip", actor=cast.rep).sha256)
    orphan, young, again = (write_once(letter.encode(), letter * 64) for letter in "abc")
    for path in (owned, orphan, again):
        os.utime(path, (OLD, OLD))
    write_once(b"c", "c" * 64)

    assert tidy() == 1

    assert [path.exists() for path in (owned, orphan, young, again)] == [True, False, True, True]


def test_a_key_is_kept_for_three_days_at_least(cast: Cast) -> None:
    claim_key(cast.erp.pk, "k1", "/", "f")
    with clock_set_to(now() + timedelta(hours=73)):
        tidy()
        assert IdempotencyRecord.objects.count() == 1
    with clock_set_to(now() + timedelta(hours=97)):
        tidy()
    assert not IdempotencyRecord.objects.exists()
