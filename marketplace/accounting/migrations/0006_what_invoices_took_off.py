"""Invoices until now took off what had come back before they got their number.

That needs no invoice of its own. What has no number yet is found again, in its time.
"""

from collections import Counter

from django.db import migrations

UNIT_FIELDS = ("code", "units", "gross_vnd")


def tell(apps, schema_editor):
    Invoice = apps.get_model("accounting", "Invoice")
    Return = apps.get_model("stores", "Return")
    PaymentEvent = apps.get_model("payments", "PaymentEvent")
    RefundLine = apps.get_model("payments", "RefundLine")
    Invoice.objects.filter(state="waiting", number=None).delete()
    for invoice in Invoice.objects.exclude(number=None).iterator(chunk_size=500):
        on_it = Counter(
            tuple(line[field] for field in UNIT_FIELDS)
            for line in invoice.content["lines"]
            if line["gross_vnd"] < 0
        )
        if not on_it:
            continue

        def needless(**of):
            Invoice.objects.create(
                adjusts=invoice,
                state="needless",
                queued_at=invoice.queued_at,
                try_after=invoice.try_after,
                **of,
            )

        order = invoice.order_id
        for back in Return.objects.filter(
            part__fulfilment__order=order
        ).select_related("part__line").order_by("at", "pk"):
            line = back.part.line
            gross = int(line.unit_price_incl_tax or 0) * back.units
            taken = Counter([(line.partner_sku, -back.units, -gross)])
            if taken <= on_it:
                on_it -= taken
                needless(goods_back=back)
        for event in PaymentEvent.objects.filter(
            payment__order=order, outcome="applied", kind="refunded"
        ).order_by("happened_at", "pk"):
            lines = RefundLine.objects.filter(
                refund__payment=event.payment_id,
                refund__reference=event.external_id.rsplit(":", 1)[0],
                refund__due=None,
            ).select_related("line")
            taken = Counter(
                (one.line.partner_sku, -one.units, -one.amount_vnd) for one in lines
            )
            if taken and taken <= on_it:
                on_it -= taken
                needless(money_back=event)


def forget(apps, schema_editor):
    apps.get_model("accounting", "Invoice").objects.filter(order=None).delete()


class Migration(migrations.Migration):
    dependencies = [("accounting", "0005_an_invoice_is_of_one_thing")]

    operations = [migrations.RunPython(tell, forget)]
