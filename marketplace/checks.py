"""What has to hold before the shop starts, beyond what Django checks."""

from django.core.checks import CheckMessage, Error, register
from django.utils.translation import gettext, override


@register()
def words_are_compiled(**_options: object) -> list[CheckMessage]:
    """Without its compiled words the shop would speak English on Vietnamese pages."""
    with override("vi"):
        if gettext("Your basket") != "Your basket":
            return []
    why = "The Vietnamese words are not compiled."
    return [Error(why, hint="Run make build.", id="ocop.E001")]
