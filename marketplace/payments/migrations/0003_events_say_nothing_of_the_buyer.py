"""What Stripe said of buyers goes from the events; what it said of money stays."""

from importlib import import_module

from django.db import migrations, models

KEPT = frozenset(
    "id object type created data livemode client_reference_id payment_intent charge"
    " metadata payment order refund amount amount_total amount_refunded currency status"
    " payment_status reason failure_reason refunds evidence_details due_by".split()
)
EVENTS = "marketplace.payments.migrations.0002_events_are_append_only"


def without_people(thing):
    if isinstance(thing, dict):
        return {key: without_people(thing[key]) for key in thing if key in KEPT}
    return [without_people(one) for one in thing] if isinstance(thing, list) else thing


def strip(apps, schema_editor):
    events = import_module(EVENTS)
    PaymentEvent = apps.get_model("payments", "PaymentEvent")
    events.unprotect(apps, schema_editor)
    told = PaymentEvent.objects.filter(source="stripe")
    for pk, payload in told.values_list("pk", "payload"):
        told.filter(pk=pk).update(payload=without_people(payload))
    events.protect(apps, schema_editor)


class Migration(migrations.Migration):
    dependencies = [("payments", "0002_events_are_append_only")]

    operations = [
        migrations.AlterField(
            model_name="paymentevent",
            name="payload",
            field=models.JSONField(
                default=dict, help_text="as it was told; by Stripe without the buyer"
            ),
        ),
        migrations.RunPython(strip, migrations.RunPython.noop),
    ]
