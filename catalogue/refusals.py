"""What every refusal of a use case has in common.

An operation that cannot do what it was called for raises a subclass of `Refusal`, which
stands beside the operation and carries the sentence that the user reads.
"""

from django import forms
from django.utils.functional import Promise


class Refusal(Exception):
    """A request that is understood and cannot be carried out; nothing was changed.

    A subclass sets `message`, as a lazy translation or as a property that puts its
    parameters in when it is read, so that it is in the reader's language. `field` is
    the name of the form field that has to be answered otherwise, if there is one.
    `status` is the HTTP status of a page or of JSON that reports it.
    """

    field: str | None = None
    status = 409

    @property
    def message(self) -> str | Promise:
        raise NotImplementedError

    def __str__(self) -> str:
        return str(self.message)

    @property
    def code(self) -> str:
        """The stable name by which a program knows it."""
        return type(self).__name__


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Add the refusal to its field of the form, or to the form where it has none."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))
