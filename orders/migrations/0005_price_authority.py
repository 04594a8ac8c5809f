"""An order keeps how far it goes below list and floor, and what its prices are, beside its lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.db import migrations, models

import core.money
from orders.price_authority import digest_of_prices, largest_discount


def judge_present_orders(apps: Any, schema_editor: Any) -> None:
    for order in apps.get_model("orders", "Order").objects.prefetch_related("lines").iterator(500):
        lines = list(order.lines.all())
        order.prices_digest = digest_of_prices(lines)
        order.largest_discount = largest_discount(lines)
        order.save(update_fields=["prices_digest", "largest_discount"])


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0004_enquiry_pinyin"),
    ]

    operations = [
        migrations.AddField(
            model_name="order",
            name="is_below_floor",
            field=models.BooleanField(default=False, editable=False, verbose_name="below the floor price"),
        ),
        migrations.AddField(
            model_name="order",
            name="largest_discount",
            field=core.money.RateField(
                default=Decimal("0"), editable=False, verbose_name="largest discount %"
            ),
        ),
        migrations.AddField(
            model_name="order",
            name="prices_digest",
            field=models.CharField(blank=True, editable=False, max_length=64),
        ),
        migrations.AddField(
            model_name="orderline",
            name="floor_price",
            field=core.money.PriceField(blank=True, null=True, verbose_name="floor price"),
        ),
        migrations.RunPython(judge_present_orders, migrations.RunPython.noop),
    ]
