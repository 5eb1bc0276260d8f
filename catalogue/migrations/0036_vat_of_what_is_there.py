"""What the products that are there already are to the law of VAT, by their group."""

from django.db import migrations

FARM = ["fresh_produce", "fresh_animal", "grain", "flower", "plant", "animal"]


def tell(apps, schema_editor):
    products = apps.get_model("catalogue", "Product").objects
    products.filter(subgroup__in=FARM).update(vat="farm")
    products.exclude(abv=None).update(vat="excise")


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0035_product_vat")]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
