from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("orders", "0006_contract_queue"),
    ]

    operations = [
        migrations.CreateModel(
            name="QuoteForReview",
            fields=[],
            options={
                "verbose_name": "quotation to review",
                "verbose_name_plural": "quotations to review",
                "proxy": True,
                "indexes": [],
                "constraints": [],
            },
            bases=("orders.quote",),
        ),
    ]
