from django.db import migrations

from core.append_only import make_append_only


class Migration(migrations.Migration):
    dependencies = [("credit", "0001_initial")]

    operations = [make_append_only("credit_ledgerentry", "credit_creditdecision", "credit_review", "credit_application")]
