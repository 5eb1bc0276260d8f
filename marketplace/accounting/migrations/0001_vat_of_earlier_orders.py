"""The VAT of orders before it was kept: all of them fell in the months of 8 %.

Here and not with the orders, whose migrations are Oscar's own.
"""

from django.db import migrations

PERCENT = {"10": 10, "8": 8, "5": 5, "none": 0}


def vat_in(gross, rate):
    percent = PERCENT[rate]
    return (2 * gross * percent + 100 + percent) // (2 * (100 + percent))


def rate_of(line):
    if line.product is None or line.product.vat == "standard":
        return "8"
    if line.product.vat == "excise":
        return "10"
    job = line.part.fulfilment if hasattr(line, "part") else None
    grown = job and job.point.operator_id == line.product.producer_id
    return "none" if grown else "5"


def tell(apps, schema_editor):
    lines = apps.get_model("order", "Line").objects.filter(tax_code=None)
    whole = {}
    for line in lines.select_related("product", "part__fulfilment__point").iterator(
        chunk_size=500
    ):
        rate = rate_of(line)
        gross, each = int(line.line_price_incl_tax), int(line.unit_price_incl_tax or 0)
        net = gross - vat_in(gross, rate)
        line.tax_code = rate
        line.line_price_excl_tax = net
        line.line_price_before_discounts_excl_tax = net
        line.unit_price_excl_tax = each - vat_in(each, rate)
        line.save()
        whole[line.order_id] = whole.get(line.order_id, 0) + net
    for order in apps.get_model("order", "Order").objects.filter(pk__in=whole):
        postage = int(order.shipping_incl_tax)
        order.shipping_tax_code = "8"
        order.shipping_excl_tax = postage - vat_in(postage, "8")
        order.total_excl_tax = whole[order.pk] + order.shipping_excl_tax
        order.save()


class Migration(migrations.Migration):
    dependencies = [
        ("order", "0021_billingaddress_code_shippingaddress_code"),
        ("stores", "0016_vat_of_earlier_desk_sales"),
    ]

    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
