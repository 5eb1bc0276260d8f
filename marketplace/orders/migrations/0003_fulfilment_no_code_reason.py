"""Why a fulfilment was handed over without its code."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("order", "0002_wrong_codes")]

    operations = [
        migrations.AddField(
            model_name="fulfilment",
            name="no_code_reason",
            field=models.CharField(
                blank=True,
                default="",
                help_text="why it was handed over without its code",
                max_length=200,
            ),
            preserve_default=False,
        )
    ]
