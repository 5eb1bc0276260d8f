"""The pages of sales points, and the desk behind their counters."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps

from django import forms
from django.http import HttpResponse

from catalogue.refusals import Refusal, add_refusal
from stores.forms.fields import SubmittedOnceForm
from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint


def refusals_on(
    page: Callable[..., HttpResponse],
) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """Show the point's page with the sentence of what the view's operation refuses."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def refusing(
            request: AuthenticatedShopRequest, point: SalesPoint, **kwargs: object
        ) -> HttpResponse:
            try:
                return view(request, point, **kwargs)
            except Refusal as refusal:
                why = str(refusal)
                return page(request, point, why=why, status=refusal.status)

        return refusing

    return decorate


@dataclass
class Answer:
    """The HTTP status of the page that shows a form again."""

    status: int = 422


@contextmanager
def refusals_on_form(form: forms.BaseForm) -> Iterator[Answer]:
    """Show at the form what an operation refuses; the view goes on to its page."""
    answer = Answer()
    try:
        yield answer
    except Refusal as refusal:
        add_refusal(form, refusal)
        answer.status = refusal.status
        if isinstance(form, SubmittedOnceForm):
            form.renew_if_reused(refusal)
