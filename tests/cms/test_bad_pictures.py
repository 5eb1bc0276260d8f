"""A picture that is damaged is refused in words, whichever form takes it."""

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as PillowImage
from wagtail.images.forms import get_image_form
from wagtail.images.models import Image

from tests.marketplace.shopping import translate

WHY = "The picture is damaged or incomplete. Choose another file."
FORMATS = ("jpeg", "png", "webp")


def draw_picture(kind: str = "jpeg") -> bytes:
    file = io.BytesIO()
    PillowImage.effect_noise((900, 500), 80).convert("RGB").save(file, kind)
    return file.getvalue()


def make_upload(content: bytes, kind: str = "jpeg") -> SimpleUploadedFile:
    return SimpleUploadedFile(f"tea.{kind}", content, f"image/{kind}")


@pytest.fixture
def uploader(editor_client, editor):
    """A browser that may add pictures."""
    assert editor.has_perm("wagtailimages.add_image")
    return editor_client


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("wagtailimages:add", "file"),
        ("wagtailimages:add_multiple", "files[]"),
        ("wagtailimages_chooser:create", "image-chooser-upload-file"),
    ],
)
def test_upload_truncated_picture_is_refused_with_reason(uploader, name, field, kind):
    content = draw_picture(kind)
    upload = make_upload(content[: len(content) // 2], kind)
    prefix = field.removesuffix("file")
    sent = {field: upload, f"{prefix}title": "Trà", f"{prefix}collection": "1"}

    response = uploader.post(reverse(name), sent)

    assert response.status_code < 500
    text = response.content.decode()
    answer = response.json() if text.startswith("{") else {}
    sentence = answer.get("error_message") or answer.get("htmlFragment") or text
    assert translate(WHY, "vi") in sentence
    assert not Image.objects.exists()


def make_bomb() -> bytes:
    """A PNG of a few bytes that says it is 50,000 by 50,000 pixels."""
    size = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = {b"IHDR": size, b"IDAT": zlib.compress(b"tea"), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data))
        + name
        + data
        + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items()
    )


def test_upload_picture_with_too_many_pixels_is_refused_in_vietnamese(uploader):
    sent = {"title": "Trà", "collection": "1", "file": make_upload(make_bomb(), "png")}

    response = uploader.post(reverse("wagtailimages:add"), sent)

    assert response.status_code == 200
    assert "Ảnh có quá nhiều điểm ảnh" in response.content.decode()
    assert not Image.objects.exists()


def test_replace_picture_by_truncated_one_is_refused(editor):
    image = Image.objects.create(title="Trà", file=make_upload(draw_picture()))
    data = {"title": "Trà", "collection": "1"}
    files = {"file": make_upload(draw_picture()[:9000])}

    form = get_image_form(Image)(data, files, instance=image, user=editor)

    assert form.errors["file"] == [translate(WHY, "vi")]


@pytest.mark.parametrize("kind", FORMATS)
def test_upload_whole_picture_is_accepted(uploader, kind):
    sent = {
        "title": "Trà",
        "collection": "1",
        "file": make_upload(draw_picture(kind), kind),
    }

    response = uploader.post(reverse("wagtailimages:add"), sent)

    assert response.status_code == 302
    assert Image.objects.get().width == 900
