from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("partner", "0007_partneraddress_code"),
        ("stores", "0014_refunds_of_too_much"),
    ]

    operations = [
        migrations.AddField(
            model_name="desksaleline",
            name="vat",
            field=models.CharField(
                choices=[
                    ("10", "10%"),
                    ("8", "8%"),
                    ("5", "5%"),
                    ("none", "not subject to VAT"),
                ],
                default="8",
                help_text="the rate of that day, in percent",
                max_length=4,
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="desksaleline",
            constraint=models.CheckConstraint(
                condition=models.Q(("vat__in", ["10", "8", "5", "none"])),
                name="desksaleline_has_a_vat_rate",
            ),
        ),
    ]
