"""What every refusal of a use case has in common, and the kinds that several share.

An operation that cannot do what a person asked for raises a `Refusal` with the sentence
that the person reads. A subclass stands beside the operation if a caller distinguishes
it; the kinds below are raised by operations of several packages.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.utils.functional import Promise


class Refusal(Exception):
    """A request that is understood and cannot be carried out; nothing was changed.

    The sentence is the first argument, or a subclass's `message`: a lazy translation,
    or a property that puts its parameters in when it is read. `field` names the form
    field that has to be answered otherwise, if there is one. `status` is the HTTP
    status of a page or of JSON that reports it.
    """

    field: str | None = None
    status = 409

    def __init__(
        self, *args: object, field: str | None = None, status: int = 0
    ) -> None:
        super().__init__(*args)
        self.field = field or self.field
        self.status = status or self.status

    @property
    def message(self) -> str | Promise:
        return str(self.args[0]) if self.args else ""

    def __str__(self) -> str:
        return str(self.message)

    @property
    def code(self) -> str:
        """The stable name by which a program knows it."""
        return type(self).__name__


class WrongStatus(Refusal):
    """An order, transfer, count, till or refund is not where this step begins."""


class NotEnough(Refusal):
    """There are fewer units, or less money, than was asked for."""


class NothingToDo(Refusal):
    """Nothing was chosen, or everything is as it should be already."""


class ChangedMeanwhile(Refusal):
    """Somebody else has changed what the person was looking at."""


class ReasonRequired(Refusal):
    """A change of the books that does not say why it is made."""

    field = "reason"
    status = 422


def add_refusal(form: forms.BaseForm, refusal: Refusal) -> None:
    """Show the refusal at its field of the form, or above the form if it has none."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """Tell the person in a message what an operation refuses; the view goes on."""
    try:
        yield
    except Refusal as refusal:
        messages.error(request, str(refusal))
