"""Make the group of those who see every point, the money and the dashboard."""

from django.contrib.auth.models import Group, Permission

MANAGERS = "Managers"
MAY = (
    "stores.work_at_every_point",
    "stores.change_salespoint",
    "search.view_zeroresultquery",
    "payments.manage_money",
    "tasks.manage_tasks",
    # What Oscar's screens of the dashboard ask for.
    "partner.dashboard_access",
    "analytics.view_userrecord",
)


def grant_manager_permissions() -> Group:
    """Again without harm; what was added to the group by hand stays."""
    managers, _created = Group.objects.get_or_create(name=MANAGERS)
    for permission in MAY:
        app, codename = permission.split(".")
        managers.permissions.add(
            Permission.objects.get(content_type__app_label=app, codename=codename)
        )
    return managers
