import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0006_lines_of_open_jobs'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('catalogue', '0033_ocop_products'),
        ('order', '0021_billingaddress_code_shippingaddress_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='RefundDue',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('amount_vnd', models.PositiveIntegerField(help_text='whole dong')),
                ('reason', models.CharField(choices=[('cancelled', 'cancelled'), ('not_there', 'could not be handed over'), ('returned', 'brought back')], max_length=12)),
                ('at', models.DateTimeField()),
                ('settled_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'refund due',
                'verbose_name_plural': 'refunds due',
            },
        ),
        migrations.CreateModel(
            name='Return',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('units', models.PositiveIntegerField()),
                ('decision', models.CharField(choices=[('restock', 'back on the shelf'), ('destroy', 'destroyed')], max_length=8)),
                ('reason', models.CharField(max_length=200)),
                ('refund_vnd', models.PositiveIntegerField(help_text='whole dong')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'return',
                'verbose_name_plural': 'returns',
            },
        ),
        migrations.AddField(
            model_name='refunddue',
            name='order',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='refunds_due', to='order.order'),
        ),
        migrations.AddField(
            model_name='return',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='return',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.batch'),
        ),
        migrations.AddField(
            model_name='return',
            name='part',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='stores.fulfilmentline'),
        ),
        migrations.AddField(
            model_name='return',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='returns', to='stores.salespoint'),
        ),
        migrations.AddConstraint(
            model_name='refunddue',
            constraint=models.CheckConstraint(condition=models.Q(('amount_vnd__gt', 0)), name='refunddue_is_some_money'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='return_brings_something'),
        ),
        migrations.AddConstraint(
            model_name='return',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='return_says_why'),
        ),
    ]
