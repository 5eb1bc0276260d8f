"""The accounts of a demonstration; all share one password."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupPagePermission

from cms.models import HomePage
from marketplace.accounts.models import User
from marketplace.office.permissions import grant_manager_permissions
from search.wagtail_hooks import grant_synonym_permissions
from stores.models import SalesPoint

PASSWORD = "ocop-demo-2026"  # noqa: S105  (public; refused when DEBUG is off)

ACCOUNTS = {
    "buyer": "Người mua",
    "booth": "Quầy Đèn Sông",
    "hoi-an": "Quầy Hội An",
    "tien-phuoc": "Quầy Tiên Phước",
    "manager": "Quản lý vùng",
    "editor": "Biên tập",
    "moderator": "Kiểm duyệt",
    "officer": "Cán bộ OCOP",
}
KEEPERS = {
    "booth": "gian-hang-den-song",
    "hoi-an": "trung-tam-ocop-hoi-an",
    "tien-phuoc": "trung-tam-ocop-tien-phuoc",
}


def load_people(points: dict[str, SalesPoint]) -> None:
    people = {}
    password = make_password(PASSWORD)  # once: hashing is slow on purpose
    for name, first_name in ACCOUNTS.items():
        email = f"{name}@demo.test"
        person = User.objects.filter(email=email).first()
        if person is None:
            person = User.objects.create_user(email, first_name=first_name)
            person.password = password
            person.save(update_fields=["password"])
        people[name] = person
    for name, slug in KEEPERS.items():
        points[slug].keepers.add(people[name])

    people["manager"].groups.add(grant_manager_permissions())

    officers, _created = Group.objects.get_or_create(name="Officers")
    people["officer"].groups.add(officers)

    grant_synonym_permissions()
    editors = Group.objects.get(name="Editors")
    publish = Permission.objects.get(
        codename="publish_page", content_type__app_label="wagtailcore"
    )
    for home in HomePage.objects.all():
        GroupPagePermission.objects.get_or_create(
            group=editors, page_id=home.pk, permission=publish
        )
    people["editor"].groups.add(editors)
    people["moderator"].groups.add(Group.objects.get(name="Moderators"))
