"""The editor at /editor/: who gets in, and what she can do there."""

from types import MappingProxyType

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from catalogue.models import Product
from cms.models import HomePage, StoryPage
from search.index import index_products
from tests.factories import let_certificate_lapse
from tests.reading import text_of

SIGN_IN = MappingProxyType(
    {"username": "editor@example.com", "password": "a long password"}
)


@pytest.fixture
def story(tell, tea) -> StoryPage:
    """In Vietnamese, with forest tea in it."""
    vietnamese, _english = tell(tea)
    return vietnamese


def form_of(browser, story: StoryPage, **changes: str) -> dict[str, str]:
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


def test_an_editor_signs_in_in_vietnamese(client, db):
    page = BeautifulSoup(client.get("/editor/login/").content, "html.parser")

    said = " ".join(page.select_one("main").stripped_strings)
    for word in ("Địa chỉ email", "Mật khẩu", "Nhớ tôi trên máy này", "Đăng nhập"):
        assert word in said
    assert "Sign" not in said
    assert "password" not in said


def test_she_signs_in_where_everyone_does(client, editor):
    asked = client.get("/editor/", follow=True)
    assert asked.status_code == 200
    assert BeautifulSoup(asked.content, "html.parser").select("input[name=password]")

    response = client.post("/account/sign-in/", SIGN_IN)

    assert response["Location"] == "/editor/"
    assert client.get("/editor/").status_code == 200


def test_she_neither_stands_at_a_desk_nor_runs_the_shop(desk_of_editor, centre):
    for path in ("/desk/", "/desk/centre/", "/desk/centre/shelf/"):
        assert desk_of_editor.get(path).status_code == 403
    assert desk_of_editor.get("/dashboard/").status_code == 403


@pytest.mark.parametrize(
    "name",
    ["wagtailusers_users:index", "wagtailsites:index", "wagtaillocales:index"],
)
def test_she_does_not_run_the_site(desk_of_editor, name):
    assert desk_of_editor.get(reverse(name)).status_code in (302, 403)


def test_what_she_publishes_is_seen(desk_of_editor, client, story):
    sent = form_of(desk_of_editor, story, title="Trà mới", **{"action-publish": "1"})

    response = desk_of_editor.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 302, text_of(response)
    words = text_of(client.get("/stories/tra-rung/"))
    assert "Trà mới" in words
    assert "Chuyện cây trà." in words


def test_what_she_saves_is_not_seen_until_it_is_published(
    desk_of_editor, client, story
):
    sent = form_of(desk_of_editor, story, title="Trà mới")

    response = desk_of_editor.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 302, text_of(response)
    assert "Trà mới" not in text_of(client.get("/stories/tra-rung/"))
    draft = desk_of_editor.get(f"/editor/pages/{story.pk}/view_draft/")
    assert "Trà mới" in text_of(draft)


def test_she_previews_what_she_types(desk_of_editor, story, tea_at_centre):
    sent = form_of(desk_of_editor, story, title="Trà mới")
    address = f"/editor/pages/{story.pk}/edit/preview/"

    told = desk_of_editor.post(address, sent)
    seen = desk_of_editor.get(address, {"mode": ""})

    assert told.json()["is_valid"]
    assert "Trà mới" in text_of(seen)
    assert "95.000" in text_of(seen)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_front_page_is_hers_too(desk_of_editor, site, language):
    home = HomePage.objects.get(locale__language_code=language)

    assert desk_of_editor.get(f"/editor/pages/{home.pk}/edit/").status_code == 200
    assert desk_of_editor.get(f"/editor/pages/{home.pk}/view_draft/").status_code == 200


def test_a_story_without_its_summary_is_not_kept(desk_of_editor, client, story):
    sent = form_of(desk_of_editor, story, summary="", **{"action-publish": "1"})

    response = desk_of_editor.post(f"/editor/pages/{story.pk}/edit/", sent)

    assert response.status_code == 200
    story.refresh_from_db()
    assert story.summary == "Một chuyện"


CHOOSER = "/editor/product_chooser/"


def offered(response) -> str:
    """The words of the chooser's window, which comes as JSON."""
    window = BeautifulSoup(response.json()["html"], "html.parser")
    return " ".join(window.stripped_strings)


def test_she_chooses_a_product_from_all_there_are(desk_of_editor, tea, honey):
    words = offered(desk_of_editor.get(CHOOSER))

    assert tea.title in words
    assert honey.title in words


@pytest.mark.parametrize("typed", ["tra rung", "TRÀ RỪNG", "rung"])
def test_she_finds_a_product_without_accents(desk_of_editor, indexed, typed):
    words = text_of(desk_of_editor.get(f"{CHOOSER}results/", {"q": typed}))

    assert "Trà rừng Cù Lao Chàm" in words
    assert "Mật ong" not in words


@pytest.fixture
def indexed(tea, honey) -> None:
    index_products(Product.objects.all())


def test_a_lapsed_product_can_be_chosen_still(desk_of_editor, tea):
    let_certificate_lapse(tea)

    assert tea.title in offered(desk_of_editor.get(CHOOSER))


def test_a_stranger_chooses_nothing(signed_in, stranger, site, tea):
    response = signed_in(stranger).get(CHOOSER)

    assert response.status_code in (302, 403)
    assert tea.title not in response.content.decode()


def test_the_editor_speaks_vietnamese(signed_in, editor, story):
    browser = signed_in(editor)

    words = text_of(browser.get("/editor/", headers={"Accept-Language": "vi"}))

    assert "Bảng điều khiển" in words
