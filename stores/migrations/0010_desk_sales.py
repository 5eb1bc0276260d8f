import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0009_counts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('partner', '0007_partneraddress_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskSale',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('client_id', models.CharField(help_text='made by the device, so that a sale sent twice is one sale', max_length=40)),
                ('paid_by', models.CharField(choices=[('cash', 'cash'), ('card', 'card'), ('transfer', 'bank transfer')], max_length=8)),
                ('total_vnd', models.PositiveIntegerField(help_text='whole dong, tax included')),
                ('at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'sale at the desk',
                'verbose_name_plural': 'sales at the desk',
            },
        ),
        migrations.CreateModel(
            name='DeskSaleLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('units', models.PositiveIntegerField()),
                ('price_vnd', models.PositiveIntegerField(help_text='of one unit, tax included')),
            ],
            options={
                'verbose_name': 'line of a sale',
                'verbose_name_plural': 'lines of a sale',
            },
        ),
        migrations.AddField(
            model_name='desksale',
            name='actor',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='desksale',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sales', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='desksaleline',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partner.stockrecord'),
        ),
        migrations.AddField(
            model_name='desksaleline',
            name='sale',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='stores.desksale'),
        ),
        migrations.AddConstraint(
            model_name='desksale',
            constraint=models.UniqueConstraint(fields=('point', 'client_id'), name='desksale_once_per_device_id'),
        ),
        migrations.AddConstraint(
            model_name='desksaleline',
            constraint=models.CheckConstraint(condition=models.Q(('units__gt', 0)), name='desksaleline_sells_something'),
        ),
    ]
