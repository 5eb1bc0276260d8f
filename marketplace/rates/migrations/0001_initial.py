"""Exchange rates, one of each currency a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Rate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True,
                        primary_key=True,
                        serialize=False,
                        verbose_name="ID",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        choices=[
                            ("EUR", "euros"),
                            ("USD", "US dollars"),
                            ("KRW", "won"),
                            ("JPY", "yen"),
                        ],
                        max_length=3,
                    ),
                ),
                ("vnd", models.DecimalField(decimal_places=4, max_digits=12)),
                ("as_of", models.DateField()),
                (
                    "illustrative",
                    models.BooleanField(
                        default=False, help_text="made up for the demonstration"
                    ),
                ),
            ],
            options={
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("currency", "as_of"), name="rate_once_a_day"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("vnd__gt", 0)), name="rate_is_some_dong"
                    ),
                ],
            },
        ),
    ]
