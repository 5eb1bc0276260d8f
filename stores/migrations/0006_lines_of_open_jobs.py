"""Give every job that was there before its lines, as the order has them."""

from django.db import migrations


def fill(apps, schema_editor):
    Fulfilment = apps.get_model("stores", "Fulfilment")
    FulfilmentLine = apps.get_model("stores", "FulfilmentLine")
    Line = apps.get_model("order", "Line")
    for job in Fulfilment.objects.filter(parts=None).select_related("point"):
        lines = Line.objects.filter(
            order=job.order_id, partner=job.point.partner_id, stockrecord__isnull=False
        )
        for line in lines:
            FulfilmentLine.objects.create(
                fulfilment=job,
                line=line,
                record_id=line.stockrecord_id,
                units=line.quantity,
                promised=line.quantity if job.status in ("confirmed", "ready") else 0,
                cancelled=line.quantity if job.status == "cancelled" else 0,
                handed_over=line.quantity if job.status == "handed_over" else 0,
            )


class Migration(migrations.Migration):
    dependencies = [("stores", "0005_jobs_have_lines")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
