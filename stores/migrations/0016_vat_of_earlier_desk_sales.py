"""The VAT of sales before it was kept: all of them fell in the months of 8 %."""

from django.db import migrations
from django.db.models import F


def tell(apps, schema_editor):
    lines = apps.get_model("stores", "DeskSaleLine").objects
    of = "record__product"
    lines.filter(pk__in=lines.filter(**{f"{of}__vat": "excise"}).values("pk")).update(
        vat="10"
    )
    farm = lines.filter(**{f"{of}__vat": "farm"})
    lines.filter(pk__in=farm.values("pk")).update(vat="5")
    grown = farm.filter(sale__point__operator=F(f"{of}__producer"))
    lines.filter(pk__in=grown.values("pk")).update(vat="none")


class Migration(migrations.Migration):
    dependencies = [
        ("catalogue", "0036_vat_of_what_is_there"),
        ("stores", "0015_desk_sales_keep_vat"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
