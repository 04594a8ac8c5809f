from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("orders", "0003_enquiry_quote_contract")]

    operations = [
        migrations.AddField(
            model_name="enquiry",
            name="pinyin",
            field=models.CharField(blank=True, db_index=True, editable=False, max_length=160),
        ),
    ]
