import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0004_every_kind_of_movement'),
        ('order', '0021_billingaddress_code_shippingaddress_code'),
        ('partner', '0007_partneraddress_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='FulfilmentLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('units', models.PositiveIntegerField()),
                ('promised', models.PositiveIntegerField(default=0)),
                ('cancelled', models.PositiveIntegerField(default=0)),
                ('handed_over', models.PositiveIntegerField(default=0)),
                ('returned', models.PositiveIntegerField(default=0)),
            ],
            options={
                'verbose_name': 'line of a job',
                'verbose_name_plural': 'lines of a job',
            },
        ),
        migrations.CreateModel(
            name='Hold',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('until', models.DateTimeField()),
                ('extended_at', models.DateTimeField(blank=True, help_text='the buyer may ask for more time once', null=True)),
            ],
            options={
                'verbose_name': 'hold',
                'verbose_name_plural': 'holds',
            },
        ),
        migrations.RenameField(
            model_name='fulfilment',
            old_name='cancelled_at',
            new_name='ended_at',
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='carrier',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='collect_until',
            field=models.DateTimeField(blank=True, help_text='a pick-up is kept until then', null=True),
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='delivered_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AlterField(
            model_name='fulfilment',
            name='ended_at',
            field=models.DateTimeField(blank=True, help_text='when it ended without being handed over', null=True),
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='preparing_at',
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='promised_at',
            field=models.DateTimeField(blank=True, help_text='when the buyer was told it is ready', null=True),
        ),
        migrations.AddField(
            model_name='fulfilment',
            name='tracking_number',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='fulfilment',
            name='status',
            field=models.CharField(choices=[('awaiting_payment', 'not paid yet'), ('confirmed', 'to prepare'), ('preparing', 'being packed'), ('ready', 'ready'), ('handed_over', 'handed over'), ('delivered', 'delivered'), ('cancelled', 'cancelled'), ('lapsed', 'lapsed, not paid in time'), ('not_collected', 'not collected')], db_index=True, default='confirmed', max_length=16),
        ),
        migrations.AddField(
            model_name='fulfilmentline',
            name='fulfilment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='stores.fulfilment'),
        ),
        migrations.AddField(
            model_name='fulfilmentline',
            name='line',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='part', to='order.line'),
        ),
        migrations.AddField(
            model_name='fulfilmentline',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='partner.stockrecord'),
        ),
        migrations.AddField(
            model_name='hold',
            name='order',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='hold', to='order.order'),
        ),
        migrations.AddField(
            model_name='fulfilmentline',
            name='hold',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='parts', to='stores.hold'),
        ),
        migrations.AddConstraint(
            model_name='fulfilmentline',
            constraint=models.CheckConstraint(condition=models.Q(('units__gte', django.db.models.expressions.CombinedExpression(django.db.models.expressions.CombinedExpression(models.F('promised'), '+', models.F('cancelled')), '+', models.F('handed_over')))), name='fulfilmentline_no_unit_twice'),
        ),
        migrations.AddConstraint(
            model_name='fulfilmentline',
            constraint=models.CheckConstraint(condition=models.Q(('handed_over__gte', models.F('returned'))), name='fulfilmentline_returns_what_was_given'),
        ),
    ]
