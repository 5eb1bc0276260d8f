"""What editors upload."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext as _
from PIL import Image as PillowImage
from wagtail.images.fields import WagtailImageField
from wagtail.images.forms import BaseImageForm


class PictureField(WagtailImageField):
    """A picture that can be drawn to its end, as its sizes are once it is saved."""

    def to_python(self, data: Any) -> File | None:
        try:
            file: File | None = super().to_python(data)
            if file:
                with PillowImage.open(file) as picture:
                    picture.load()
                file.seek(0)
        except ValidationError:
            raise
        except Exception as error:  # Pillow raises a dozen kinds for broken files
            raise ValidationError(
                _("The picture is damaged or incomplete. Choose another file."),
                code="damaged",
            ) from error
        return file


class PictureForm(BaseImageForm):
    """The base of every form of the editor that takes a picture."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual: Any = self.fields.get("file")
        if usual:
            self.fields["file"] = PictureField(
                label=usual.label,
                required=usual.required,
                widget=usual.widget,
                max_length=usual.max_length,
            )
