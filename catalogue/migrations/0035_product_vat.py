from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0034_target_comparison_in_words")]

    operations = [
        migrations.AddField(
            model_name="product",
            name="vat",
            field=models.CharField(
                choices=[
                    ("standard", "goods and services"),
                    ("excise", "with excise duty: alcohol"),
                    ("farm", "farm goods, not processed"),
                ],
                default="standard",
                help_text="what it is to the law of VAT; the rate is that of the day of sale",
                max_length=8,
            ),
        ),
    ]
