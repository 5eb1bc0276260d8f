"""The editor at /editor/: who gets in, and what can be done there."""

from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from wagtail.documents.models import Document

from catalogue.models import Product
from cms.models import HomePage, StoryPage
from search.index import index_products
from tests.factories import expire_certificate
from tests.page_text import get_page_text

SIGN_IN = MappingProxyType(
    {"username": "editor@example.com", "password": "a long password"}
)


@pytest.fixture
def story(publish_story, tea) -> StoryPage:
    """In Vietnamese, with forest tea in it."""
    vietnamese, _english = publish_story(tea)
    return vietnamese


def get_story_form(browser, story: StoryPage, **changes: str) -> dict[str, str]:
    """What the editor's form sends when nothing but the changes is typed."""
    page = BeautifulSoup(
        browser.get(f"/editor/pages/{story.pk}/edit/").content, "html.parser"
    )
    sent = {}
    for field in page.select("form#page-edit-form [name]"):
        if field.name == "textarea":
            sent[field["name"]] = field.get_text().removeprefix("\n")
        elif field.name == "select":
            chosen = field.select_one("option[selected]") or field.option
            sent[field["name"]] = chosen["value"] if chosen else ""
        elif field.get("type") not in ("checkbox", "submit", "button"):
            sent[field["name"]] = field.get("value", "")
    sent |= {
        "body-count": "2",
        "body-0-type": "paragraph",
        "body-0-order": "0",
        "body-0-deleted": "",
        "body-0-id": story.body.raw_data[0]["id"],
        "body-0-value": DRAFTAIL % "Chuyện cây trà.",
        "body-1-type": "product",
        "body-1-order": "1",
        "body-1-deleted": "",
        "body-1-id": story.body.raw_data[1]["id"],
        "body-1-value": str(story.body.raw_data[1]["value"]),
    }
    return sent | changes


DRAFTAIL = (
    '{"blocks": [{"key": "a", "text": "%s", "type": "unstyled", "depth": 0,'
    ' "inlineStyleRanges": [], "entityRanges": []}], "entityMap": {}}'
)


def test_editor_login_page_is_in_vietnamese(client, db):
    page = BeautifulSoup(client.get("/editor/login/").content, "html.parser")

    text = " ".join(page.select_one("main").stripped_strings)
    for word in ("Địa chỉ email", "Mật khẩu", "Nhớ tôi trên máy này", "Đăng nhập"):
        assert word in text
    assert "Sign" not in text
    assert "password" not in text


def test_editor_signs_in_at_account_page(client, editor):
    login_page = client.get("/editor/", follow=True)
    assert login_page.status_code == 200
    assert BeautifulSoup(login_page.content, "html.parser").select(
        "input[name=password]"
    )

    response = client.post("/account/sign-in/", SIGN_IN)

    assert response["Location"] == "/editor/"
    assert client.get("/editor/").status_code == 200


def test_editor_is_refused_at_desk_and_dashboard(editor_client, centre):
    for path in ("/desk/", "/desk/centre/", "/desk/centre/shelf/"):
        assert editor_client.get(path).status_code == 403
    assert editor_client.get("/dashboard/").status_code == 403


@pytest.mark.parametrize(
    "name",
    ["wagtailusers_users:index", "wagtailsites:index", "wagtaillocales:index"],
)
def test_editor_is_refused_site_administration(editor_client, name):
    assert editor_client.get(reverse(name)).status_code in (302, 403)


@pytest.mark.parametrize(
    "name",
    [
        "wagtaildocs:index",
        "wagtaildocs:add",
        "wagtaildocs:add_multiple",
        "wagtaildocs_chooser:create",
    ],
)
@pytest.mark.parametrize("group", ["Editors", "Moderators"])
def test_editor_may_not_upload_documents(signed_in, editor, name, group):
    editor.groups.set([Group.objects.get(name=group)])
    page = SimpleUploadedFile("a.html", b"<script>alert(1)</script>", "text/html")
    sent = {"title": "A", "file": page, "files[]": page, "collection": "1"}

    response = signed_in(editor).post(reverse(name), sent)

    assert response.status_code in (302, 403, 405)
    assert not Document.objects.exists()


def test_publish_story_appears_on_public_page(editor_client, client, story):
    sent = get_story_form(
        editor_client, story, title="Trà mới", **{"action-publish": "1"}
    )

    response = editor_client.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 302, get_page_text(response)
    words = get_page_text(client.get("/stories/tra-rung/"))
    assert "Trà mới" in words
    assert "Chuyện cây trà." in words


def test_save_draft_stays_hidden_until_published(editor_client, client, story):
    sent = get_story_form(editor_client, story, title="Trà mới")

    response = editor_client.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 302, get_page_text(response)
    assert "Trà mới" not in get_page_text(client.get("/stories/tra-rung/"))
    draft = editor_client.get(f"/editor/pages/{story.pk}/view_draft/")
    assert "Trà mới" in get_page_text(draft)


def test_preview_story_renders_unsaved_changes(editor_client, story, tea_at_centre):
    sent = get_story_form(editor_client, story, title="Trà mới")
    address = f"/editor/pages/{story.pk}/edit/preview/"

    checked = editor_client.post(address, sent)
    seen = editor_client.get(address, {"mode": ""})

    assert checked.json()["is_valid"]
    assert "Trà mới" in get_page_text(seen)
    assert "95.000" in get_page_text(seen)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_editor_edits_and_previews_home_page(editor_client, site, language):
    home = HomePage.objects.get(locale__language_code=language)

    assert editor_client.get(f"/editor/pages/{home.pk}/edit/").status_code == 200
    assert editor_client.get(f"/editor/pages/{home.pk}/view_draft/").status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Trà\0"},
        {"picture": "x"},
        {"body-count": "x"},
        {"body-count": "9" * 30},
        {"body-0-order": "x"},
        {"body-0-value": "{not JSON"},
        {"body-0-value": DRAFTAIL % "a\\u0000b"},
        {"body-1-value": "x"},
        {"go_live_at": "0001-01-01 00:00"},
    ],
)
def test_save_story_with_unreadable_form_changes_nothing(editor_client, story, change):
    before = (story.revisions.count(), story.body.get_prep_value())
    sent = get_story_form(editor_client, story, **({"title": "Trà mới"} | change))

    response = editor_client.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code in (200, 400)
    story.refresh_from_db()
    assert (story.revisions.count(), story.body.get_prep_value()) == before
    assert story.get_latest_revision_as_object().title == "Trà trên núi"


def test_save_story_without_summary_is_refused(editor_client, client, story):
    sent = get_story_form(editor_client, story, summary="", **{"action-publish": "1"})

    response = editor_client.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 200
    story.refresh_from_db()
    assert story.summary == "Một chuyện"


CHOOSER = "/editor/product_chooser/"


def get_chooser_text(response) -> str:
    """The words of the chooser's window, which comes as JSON."""
    window = BeautifulSoup(response.json()["html"], "html.parser")
    return " ".join(window.stripped_strings)


def test_product_chooser_lists_all_products(editor_client, tea, honey):
    words = get_chooser_text(editor_client.get(CHOOSER))

    assert tea.title in words
    assert honey.title in words


@pytest.mark.parametrize("typed", ["tra rung", "TRÀ RỪNG", "rung"])
def test_product_chooser_finds_product_without_accents(editor_client, indexed, typed):
    words = get_page_text(editor_client.get(f"{CHOOSER}results/", {"q": typed}))

    assert "Trà rừng Cù Lao Chàm" in words
    assert "Mật ong" not in words


@pytest.fixture
def indexed(tea, honey) -> None:
    index_products(Product.objects.all())


def test_product_chooser_lists_product_with_lapsed_certificate(editor_client, tea):
    expire_certificate(tea)

    assert tea.title in get_chooser_text(editor_client.get(CHOOSER))


def test_product_chooser_refuses_stranger(signed_in, stranger, site, tea):
    response = signed_in(stranger).get(CHOOSER)

    assert response.status_code in (302, 403)
    assert tea.title not in response.content.decode()


def test_editor_screens_are_in_vietnamese(signed_in, editor, story):
    browser = signed_in(editor)

    words = get_page_text(browser.get("/editor/", headers={"Accept-Language": "vi"}))

    assert "Bảng điều khiển" in words
