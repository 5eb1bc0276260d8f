"""Exemptions from the limits of unpaid orders: one alive for a contact."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('order', '0003_fulfilment_no_code_reason'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LimitExemption',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('contact', models.CharField(max_length=254)),
                ('reason', models.CharField(max_length=200)),
                ('at', models.DateTimeField()),
                ('ended_at', models.DateTimeField(blank=True, null=True)),
                ('actor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('ended_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': 'exemption from the limits',
                'verbose_name_plural': 'exemptions from the limits',
                'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('contact',), name='limitexemption_once_per_contact'), models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='limitexemption_has_reason')],
            },
        ),
    ]
