"""Entries say what an item is apart from proper names; they are written anew."""

from django.db import migrations, models


def delete_entries(apps, schema_editor):
    """`write_missing_entries` writes them again after every migrate."""
    apps.get_model("search", "SearchEntry").objects.all().delete()
    apps.get_model("search", "SearchWord").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("search", "0002_first_rows")]

    operations = [
        migrations.AddField(
            "searchentry",
            "subject",
            models.TextField(
                default="",
                help_text="folded words that say what it is, without proper names",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "searchentry",
            "subject_accents",
            models.TextField(default="", help_text="the same as they are written"),
            preserve_default=False,
        ),
        migrations.AddField(
            "searchword",
            "in_subject",
            models.BooleanField(
                default=False, help_text="says what some product is"
            ),
        ),
        migrations.RunPython(delete_entries, migrations.RunPython.noop),
    ]
