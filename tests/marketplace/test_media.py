"""Uploaded files: pictures are looked at, everything else is only saved."""

import pytest
from django.test import Client
from django.urls import path

from marketplace.views import media

urlpatterns = [path("media/<path:path>", media, {"document_root": "?"})]


@pytest.fixture
def folder(settings, tmp_path):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    urlpatterns[0] = path("media/<path:path>", media, {"document_root": tmp_path})
    return tmp_path


@pytest.mark.parametrize(
    ("name", "is_saved"),
    [
        ("tea.jpg", False),
        ("tea.webp", False),
        ("page.html", True),
        ("page.xhtml", True),
        ("art.svg", True),
        ("letter.pdf", True),
        ("code.js", True),
        ("unknown", True),
    ],
)
def test_media_sends_all_but_pictures_as_attachment(folder, name, is_saved):
    (folder / name).write_bytes(b"<script>alert(1)</script>")

    response = Client().get(f"/media/{name}")

    assert b"".join(response.streaming_content).startswith(b"<script>")
    assert response.status_code == 200
    assert response["X-Content-Type-Options"] == "nosniff"
    assert (response.get("Content-Disposition") == "attachment") == is_saved
