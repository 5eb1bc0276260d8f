"""Names are sorted by the Vietnamese alphabet, on PostgreSQL as on SQLite."""

from django.db import migrations

from catalogue.alphabet import add_to_postgresql, remove_from_postgresql


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial")]

    operations = [migrations.RunPython(add_to_postgresql, remove_from_postgresql)]
