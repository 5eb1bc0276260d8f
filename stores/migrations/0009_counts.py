import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('stores', '0008_transfers'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('catalogue', '0033_ocop_products'),
        ('partner', '0007_partneraddress_code'),
    ]

    operations = [
        migrations.CreateModel(
            name='CountLine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('counted', models.PositiveIntegerField()),
                ('expected', models.PositiveIntegerField(help_text='units of the lot in the books when it was counted')),
                ('times', models.PositiveSmallIntegerField(default=1)),
                ('counted_at', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'line of a count',
                'verbose_name_plural': 'lines of a count',
            },
        ),
        migrations.CreateModel(
            name='StockCount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('open', 'being counted'), ('booked', 'booked'), ('abandoned', 'abandoned')], default='open', max_length=10)),
                ('started_at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('reason', models.CharField(blank=True, max_length=200)),
            ],
            options={
                'verbose_name': 'stock count',
                'verbose_name_plural': 'stock counts',
            },
        ),
        migrations.AddField(
            model_name='countline',
            name='batch',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='catalogue.batch'),
        ),
        migrations.AddField(
            model_name='countline',
            name='record',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partner.stockrecord'),
        ),
        migrations.AddField(
            model_name='stockcount',
            name='ended_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='stockcount',
            name='point',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='counts', to='stores.salespoint'),
        ),
        migrations.AddField(
            model_name='stockcount',
            name='started_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='countline',
            name='count',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='lines', to='stores.stockcount'),
        ),
        migrations.AddConstraint(
            model_name='stockcount',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('point',), name='count_one_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='countline',
            constraint=models.UniqueConstraint(fields=('count', 'record', 'batch'), name='countline_once_per_lot'),
        ),
    ]
