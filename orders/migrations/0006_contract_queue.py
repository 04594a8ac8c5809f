from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0005_price_authority"),
    ]

    operations = [
        migrations.CreateModel(
            name="ContractForApproval",
            fields=[],
            options={
                "verbose_name": "contract to sign",
                "verbose_name_plural": "contracts to sign",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("orders.contract",),
        ),
    ]
