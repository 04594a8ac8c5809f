from django.db import migrations

from core.append_only import make_append_only


class Migration(migrations.Migration):
    dependencies = [("reports", "0001_register")]

    operations = [
        make_append_only(
            "reports_registermonth",
            "reports_registerrow",
            "reports_registerdifference",
            "reports_registerexplanation",
            "reports_registersignature",
        )
    ]
