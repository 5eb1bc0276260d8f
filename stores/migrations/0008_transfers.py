import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0007_refunds_and_returns'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('catalogue', '0033_ocop_products'),
    ]

    operations = [
        migrations.CreateModel(
            name='LeadTime',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('hours', models.PositiveSmallIntegerField()),
            ],
            options={
                'verbose_name': 'lead time',
                'verbose_name_plural': 'lead times',
            },
        ),
        migrations.CreateModel(
            name='Transfer',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('requested', 'requested'), ('sent', 'on the way'), ('received', 'received'), ('cancelled', 'cancelled')], db_index=True, default='requested', max_length=10)),
                ('due_at', models.DateTimeField(blank=True, help_text='when it has to be there, if a buyer waits', null=True)),
                ('note', models.CharField(blank=True, max_length=200)),
                ('requested_at', models.DateTimeField()),
                ('sent_at', models.DateTimeField(blank=True, null=True)),
                ('received_at', models.DateTimeField(blank=True, null=True)),
                ('cancelled_at', models.DateTimeField(blank=True, null=True)),
                ('difference_reason', models.CharField(blank=True, help_text='why other units came than were sent', max_length=200)),
            ],
            options={
                'verbose_name': 'transfer',
                'verbose_name_plural': 'transfers',
            },
        ),
        migrations.CreateModel(
            name='TransferLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('units', models.PositiveIntegerField()),
            ],
            options={
                'verbose_name': 'line of a transfer',
                'verbose_name_plural': 'lines of a transfer',
            },
        ),
        migrations.CreateModel(
            name='TransferLot',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('sent', models.PositiveIntegerField()),
                ('received', models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                'verbose_name': 'lot of a transfer',
                'verbose_name_plural': 'lots of a transfer',
            },
        ),
        migrations.AddField(
            model_name='leadtime',
            name='destination',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads_from', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='leadtime',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='leads_to', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='destination',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_in', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='transfer',
            name='received_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='requested_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='sent_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='transfer',
            name='source',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='transfers_out', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='transferline',
            name='part',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='transfer_lines', to='stores.fulfilmentline'),
        ),
        migrations.AddField(
            model_name='transferline',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.product'),
        ),
        migrations.AddField(
            model_name='transferline',
            name='transfer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='stores.transfer'),
        ),
        migrations.AddField(
            model_name='transferlot',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.batch'),
        ),
        migrations.AddField(
            model_name='transferlot',
            name='line',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lots', to='stores.transferline'),
        ),
        migrations.AddConstraint(
            model_name='leadtime',
            constraint=models.UniqueConstraint(fields=('source', 'destination'), name='leadtime_once_per_pair'),
        ),
        migrations.AddConstraint(
            model_name='leadtime',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('destination')), _negated=True), name='leadtime_between_two_points'),
        ),
        migrations.AddConstraint(
            model_name='transfer',
            constraint=models.CheckConstraint(condition=models.Q(('source', models.F('destination')), _negated=True), name='transfer_between_two_points'),
        ),
        migrations.AddConstraint(
            model_name='transferline',
            constraint=models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='transferline_asks_for_something'),
        ),
        migrations.AddConstraint(
            model_name='transferlot',
            constraint=models.UniqueConstraint(fields=('line', 'batch'), name='transferlot_once'),
        ),
        migrations.AddConstraint(
            model_name='transferlot',
            constraint=models.CheckConstraint(condition=models.Q(('sent__gt', 0)), name='transferlot_sends_something'),
        ),
        migrations.AddConstraint(
            model_name='transferlot',
            constraint=models.CheckConstraint(condition=models.Q(('received__isnull', True), ('received__lte', models.F('sent')), _connector='OR'), name='transferlot_never_grows'),
        ),
    ]
