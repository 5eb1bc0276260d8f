"""The ledger knows goods of a sale at the desk that was taken back."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("stores", "0002_letters")]

    operations = [
        migrations.AlterField(
            model_name="stockmovement",
            name="kind",
            field=models.CharField(
                choices=[
                    ("receive", "received"),
                    ("sell", "handed to a buyer"),
                    ("sell_at_desk", "sold at the desk"),
                    ("undo_sale", "sale at the desk taken back"),
                    ("transfer_out", "sent to another point"),
                    ("transfer_in", "came from another point"),
                    ("return", "brought back by a buyer"),
                    ("damage", "damaged"),
                    ("expire", "past its date"),
                    ("count", "counted"),
                    ("correct", "put right"),
                ],
                max_length=12,
            ),
        )
    ]
