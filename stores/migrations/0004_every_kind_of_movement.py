"""All the ways in which goods come and go.

SQLite makes the table anew for this, and its triggers are lost with the old one.
"""

from importlib import import_module

from django.db import migrations, models

ledger = import_module("stores.migrations.0002_ledger_is_append_only")


def protect_again(apps, schema_editor):
    if schema_editor.connection.vendor == "sqlite":
        ledger.protect(apps, schema_editor)


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0003_stockrecord_never_oversold'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='stockmovement',
            name='movement_correction_has_reason',
        ),
        migrations.AlterField(
            model_name='stockmovement',
            name='document',
            field=models.CharField(blank=True, help_text='its number: order, transfer, count, slip', max_length=60),
        ),
        migrations.AlterField(
            model_name='stockmovement',
            name='kind',
            field=models.CharField(choices=[('receive', 'received'), ('sell', 'handed to a buyer'), ('sell_at_desk', 'sold at the desk'), ('transfer_out', 'sent to another point'), ('transfer_in', 'came from another point'), ('return', 'brought back by a buyer'), ('damage', 'damaged'), ('expire', 'past its date'), ('count', 'counted'), ('correct', 'put right')], max_length=12),
        ),
        migrations.AddConstraint(
            model_name='stockmovement',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['correct', 'count', 'damage']), _negated=True), models.Q(('reason', ''), _negated=True), _connector='OR'), name='movement_says_why'),
        ),
        migrations.RunPython(protect_again, migrations.RunPython.noop),
    ]
