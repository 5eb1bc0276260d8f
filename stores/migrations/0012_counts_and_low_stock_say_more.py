from django.conf import settings
from django.db import migrations, models
import django.db.models.deletion


class Migration(migrations.Migration):

    dependencies = [
        ('stores', "0011_ledger_is_never_emptied"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='countline',
            name='price_vnd',
            field=models.PositiveIntegerField(default=0, help_text='of one unit when it was counted, whole dong, tax included'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='countline',
            name='counted_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='countline',
            name='times',
            field=models.PositiveSmallIntegerField(default=1, help_text='how often the lot was counted in this round'),
        ),
        migrations.AddField(
            model_name='salespoint',
            name='low_stock_told_on',
            field=models.DateField(blank=True, help_text='last day of a letter about what runs low', null=True),
        ),
    ]
