from django.db import migrations

from core.append_only import make_append_only


class Migration(migrations.Migration):
    dependencies = [("inventory", "0001_initial")]

    operations = [make_append_only("inventory_stockmovement")]
