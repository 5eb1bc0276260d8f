"""An editor changes a story in Vietnamese and begins another."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import DESKTOP, PASSWORD

STORY = "/stories/que-tra-my/"
SUMMARY = "Mùa bóc quế năm nay đến sớm, và cả thung lũng thơm lên."


@pytest.fixture
def editor(visitor):
    page = visitor(viewport=dict(DESKTOP), device_scale_factor=1, has_touch=False)
    page.goto("/editor/")
    page.fill("[name=username]", "editor@demo.test")
    page.fill("[name=password]", PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: urlsplit(url).path == "/editor/")
    return page


def test_edit_story_previews_publishes_and_leaves_english_unchanged(visitor, editor):
    reader = visitor()
    reader.goto(f"/en{STORY}")
    english = reader.locator("main").inner_text()
    reader.goto("/en/stories/")
    english_list = reader.locator("main").inner_text()

    editor.goto("/editor/pages/search/?q=Quế+Trà+My")
    editor.locator("main td.title a").first.click()
    editor.fill("[name=summary]", SUMMARY)

    editor.get_by_role("button", name="Ẩn hiện xem trước").click()
    preview = editor.frame_locator("#w-preview-iframe")
    expect(preview.locator("main")).to_contain_text(SUMMARY)
    reader.goto(STORY)
    expect(reader.locator("main")).not_to_contain_text(SUMMARY)

    editor.get_by_role("button", name="Thao tác khác").click()
    editor.locator("[name=action-publish]").click()
    expect(editor.locator(".messages")).to_contain_text("Đã đăng trang")

    reader.reload()
    expect(reader.locator("main")).to_contain_text(SUMMARY)
    reader.goto("/stories/")
    expect(reader.locator("main")).to_contain_text(SUMMARY)
    reader.goto(f"/en{STORY}")
    assert reader.locator("main").inner_text() == english
    reader.goto("/en/stories/")
    assert reader.locator("main").inner_text() == english_list


def test_new_story_slug_transliterates_vietnamese_title(editor):
    editor.goto("/editor/pages/search/?q=Quế+Trà+My")
    stories = editor.locator(
        "main td a[href^='/editor/pages/']:not([href$='edit/'])"
    ).first.get_attribute("href")
    editor.goto(f"/editor/pages/add/cms/storypage/{stories.split('/')[-2]}/")
    editor.fill("[name=title]", "Chuyện thử của người mới ở Đại Lộc")
    editor.keyboard.press("Tab")

    slug = editor.locator("[name=slug]")
    expect(slug).to_have_value("chuyen-thu-cua-nguoi-moi-o-dai-loc")
