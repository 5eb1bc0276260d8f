"""Temporary: methods, states and codes by their new names."""

import uuid
from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

EVENTS = import_module("marketplace.payments.migrations.0002_events_are_append_only")


class Migration(migrations.Migration):
    dependencies = [
        ("payments", "0003_events_say_nothing_of_the_buyer"),
        ("stores", "0019_stock_forms_are_booked_once"),
    ]

    operations = [
        migrations.RunPython(EVENTS.unprotect, EVENTS.protect),
        migrations.RemoveIndex("payment", "payment_way_and_state"),
        migrations.RenameField("payment", "way", "method"),
        migrations.RenameField("payment", "asked_at", "requested_at"),
        migrations.RenameField("paymentevent", "answers", "resolves"),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_one_alive_per_order',
        ),
        migrations.RemoveConstraint(
            model_name='payment',
            name='payment_gives_back_what_came',
        ),
        migrations.RemoveIndex(
            model_name='paymentevent',
            name='paymentevent_kept',
        ),
        migrations.RenameIndex(
            model_name='paymentevent',
            new_name='paymentevent_at_a_desk',
            old_name='paymentevent_of_a_desk',
        ),
        migrations.RemoveField(
            model_name='paymentevent',
            name='why',
        ),
        migrations.RemoveField(
            model_name='refund',
            name='why',
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='code',
            field=models.CharField(blank=True, choices=[('exact', 'exactly what was asked for'), ('too_little', 'too little'), ('too_much', 'too much'), ('paid_already', 'paid already'), ('late', 'after the time to pay'), ('unknown_order', 'names no order that is paid by transfer'), ('reference_reused', "the bank's number of another transfer"), ('duplicate', 'reported to us before'), ('too_large', 'too large a sum for one order'), ('unreadable', 'a notice that cannot be read'), ('unknown_payment', 'no payment of this name'), ('amount_differs', '%(came)s ₫ came, %(due)s ₫ were asked for'), ('over_refunded', 'more would have gone back than came'), ('wrong_currency', 'currency %(currency)s'), ('wrong_amount', 'amount %(amount)s'), ('not_answering', 'no answer: %(message)s'), ('declined', 'refused: %(message)s'), ('message', '%(message)s'), ('paid_otherwise', 'paid in another way'), ('restarted', 'asked for anew'), ('paid_on_receipt', 'paid on receipt instead'), ('order_ended', 'the order ended'), ('order_status', 'the order is %(order_status)s'), ('withdrawn', 'withdrawn: %(product)s'), ('sold_out', 'sold meanwhile: %(product)s'), ('moved', 'served at %(point)s'), ('refund_reason', '%(refund_reason)s')], max_length=16),
        ),
        migrations.AddField(
            model_name='paymentevent',
            name='params',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AddField(
            model_name='refund',
            name='code',
            field=models.CharField(blank=True, choices=[('exact', 'exactly what was asked for'), ('too_little', 'too little'), ('too_much', 'too much'), ('paid_already', 'paid already'), ('late', 'after the time to pay'), ('unknown_order', 'names no order that is paid by transfer'), ('reference_reused', "the bank's number of another transfer"), ('duplicate', 'reported to us before'), ('too_large', 'too large a sum for one order'), ('unreadable', 'a notice that cannot be read'), ('unknown_payment', 'no payment of this name'), ('amount_differs', '%(came)s ₫ came, %(due)s ₫ were asked for'), ('over_refunded', 'more would have gone back than came'), ('wrong_currency', 'currency %(currency)s'), ('wrong_amount', 'amount %(amount)s'), ('not_answering', 'no answer: %(message)s'), ('declined', 'refused: %(message)s'), ('message', '%(message)s'), ('paid_otherwise', 'paid in another way'), ('restarted', 'asked for anew'), ('paid_on_receipt', 'paid on receipt instead'), ('order_ended', 'the order ended'), ('order_status', 'the order is %(order_status)s'), ('withdrawn', 'withdrawn: %(product)s'), ('sold_out', 'sold meanwhile: %(product)s'), ('moved', 'served at %(point)s'), ('refund_reason', '%(refund_reason)s')], max_length=16),
        ),
        migrations.AddField(
            model_name='refund',
            name='params',
            field=models.JSONField(blank=True, default=dict),
        ),
        migrations.AlterField(
            model_name='dispute',
            name='amount_vnd',
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name='dispute',
            name='status',
            field=models.CharField(max_length=40),
        ),
        migrations.AlterField(
            model_name='payment',
            name='amount_vnd',
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name='payment',
            name='key',
            field=models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            model_name='payment',
            name='money_reference',
            field=models.CharField(blank=True, db_index=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='payment',
            name='offer_until',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='payment',
            name='paid_vnd',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='payment',
            name='reference',
            field=models.CharField(blank=True, db_index=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='payment',
            name='refunded_vnd',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='payment',
            name='state',
            field=models.CharField(choices=[('pending', 'waiting for money'), ('paid', 'paid'), ('failed', 'failed'), ('lapsed', 'not paid in time'), ('refund_due', 'to be paid back'), ('refunded', 'paid back')], db_index=True, default='pending', max_length=10),
        ),
        migrations.AlterField(
            model_name='payment',
            name='url',
            field=models.URLField(blank=True, max_length=2000),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='amount_vnd',
            field=models.IntegerField(default=0),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='kind',
            field=models.CharField(choices=[('requested', 'money asked for'), ('paid', 'money came'), ('failed', 'could not be paid'), ('lapsed', 'time to pay is over'), ('unusable', 'money cannot be used'), ('used', 'money is used after all'), ('refunded', 'money went back'), ('refund_failed', 'a refund came back to us'), ('disputed', 'a bank disputes it'), ('dispute_closed', 'a dispute is over'), ('other', 'something else')], max_length=14),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='outcome',
            field=models.CharField(choices=[('applied', 'applied'), ('ignored', 'changed nothing'), ('needs_review', 'waits for a manager')], max_length=12),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='paid_by',
            field=models.CharField(blank=True, choices=[('cash', 'cash'), ('card', 'card'), ('transfer', 'bank transfer')], max_length=8),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='payload',
            field=models.JSONField(default=dict),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='point',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='stores.salespoint'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='resolves',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='resolved_by', to='payments.paymentevent'),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='source',
            field=models.CharField(choices=[('stripe', 'Stripe'), ('bank', 'the bank'), ('desk', 'a desk'), ('shop', 'the shop')], max_length=8),
        ),
        migrations.AlterField(
            model_name='paymentevent',
            name='state',
            field=models.CharField(blank=True, choices=[('pending', 'waiting for money'), ('paid', 'paid'), ('failed', 'failed'), ('lapsed', 'not paid in time'), ('refund_due', 'to be paid back'), ('refunded', 'paid back')], max_length=10),
        ),
        migrations.AlterField(
            model_name='refund',
            name='amount_vnd',
            field=models.PositiveIntegerField(),
        ),
        migrations.AlterField(
            model_name='refund',
            name='key',
            field=models.CharField(max_length=64, unique=True),
        ),
        migrations.AlterField(
            model_name='refund',
            name='reference',
            field=models.CharField(blank=True, db_index=True, max_length=255),
        ),
        migrations.AlterField(
            model_name='refund',
            name='state',
            field=models.CharField(choices=[('created', 'not sent yet'), ('sent', 'on its way'), ('done', 'paid back'), ('failed', 'failed')], default='created', max_length=8),
        ),
        migrations.AlterField(
            model_name='refundline',
            name='amount_vnd',
            field=models.PositiveIntegerField(),
        ),
        migrations.AddIndex(
            model_name='payment',
            index=models.Index(fields=['method', 'state'], name='payment_method_and_state'),
        ),
        migrations.AddIndex(
            model_name='paymentevent',
            index=models.Index(condition=models.Q(('outcome', 'needs_review')), fields=['-received_at'], name='paymentevent_needs_review'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['pending', 'paid'])), fields=('order',), name='payment_one_alive_per_order'),
        ),
        migrations.AddConstraint(
            model_name='payment',
            constraint=models.CheckConstraint(condition=models.Q(('refunded_vnd__lte', models.F('paid_vnd')), ('refunded_vnd__lte', models.F('amount_vnd')), _connector='OR'), name='payment_refunds_at_most_what_came'),
        ),
        migrations.RunPython(EVENTS.protect, EVENTS.unprotect),
    ]
