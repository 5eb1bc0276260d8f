"""Give the editors their synonyms to keep."""

from django.contrib.auth.models import Group, Permission

KEEPERS = ("Editors", "Moderators")


def grant_synonym_permissions() -> None:
    """Let Wagtail's groups of editors add, change and delete synonyms."""
    permissions = Permission.objects.filter(
        content_type__app_label="search", content_type__model="synonyms"
    )
    for group in Group.objects.filter(name__in=KEEPERS):
        group.permissions.add(*permissions)
