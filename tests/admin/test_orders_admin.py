"""Orders in the administration are looked at, within the person's scope, and never changed there."""

import pytest

from tests.orders.drafts import placed

pytestmark = pytest.mark.django_db


@pytest.mark.rule("IC-01", "RG-02")
def test_orders_are_shown_and_cannot_be_changed_there(company, cast, signed_in):
    order = placed(company, cast.assistant)
    client = signed_in(cast.finance)

    assert order.number in client.get("/admin/orders/order/").content.decode()
    page = client.get(f"/admin/orders/order/{order.pk}/change/")
    assert page.status_code == 200
    assert "A1023" in page.content.decode()
    assert client.post(f"/admin/orders/order/{order.pk}/change/", {"status": "approved"}).status_code == 403
    assert client.post(f"/admin/orders/order/{order.pk}/delete/", {"post": "yes"}).status_code == 403
    assert client.get("/admin/orders/order/add/").status_code == 403
    order.refresh_from_db()
    assert order.status == "draft"


@pytest.mark.rule("IC-01")
def test_a_superuser_without_a_role_sees_no_orders(company, cast, signed_in):
    cast.admin.is_superuser = True
    cast.admin.save()

    assert signed_in(cast.admin).get("/admin/orders/order/").status_code == 403
