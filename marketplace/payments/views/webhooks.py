"""What Stripe and the bank tell us."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.payments import notices
from marketplace.payments.gateway import NotSigned, verified
from marketplace.payments.operations.hear import hear
from marketplace.payments.operations.hear_transfer import hear_transfer
from marketplace.payments.operations.keep_notice import keep_notice


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> JsonResponse:
    """Take in an event that Stripe signed; anything else is refused and not stored."""
    try:
        event = verified(request.body, request.headers.get("Stripe-Signature", ""))
    except NotSigned:
        return no("not_signed", "The signature is wrong or too old.", 400)
    events = hear(event=event, at=timezone.now())
    return JsonResponse({"outcomes": [event.outcome for event in events]})


@csrf_exempt
@require_POST
def bank(request: HttpRequest) -> JsonResponse:
    """Take in a notice of the bank feed; `notices` has its format.

    What is not signed is refused and not stored; what is, and cannot be read, is
    refused and kept for a manager.
    """
    if not settings.BANK_WEBHOOK_SECRET:
        raise Http404
    now = timezone.now()
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = None
    if body is None or len(body) > notices.MOST_BYTES:
        return no("too_big", f"At most {notices.MOST_BYTES} bytes.", 413)
    try:
        notices.verify(body, request.headers.get("Bank-Signature", ""), at=now)
    except notices.NotSigned:
        return no("not_signed", "The signature is wrong or too old.", 400)
    try:
        came = notices.read(body, at=now)
    except notices.Unreadable as refusal:
        keep_notice(body=body, why=str(refusal), at=now)
        return no("unreadable", str(refusal), 422)
    if came is None:
        return JsonResponse({"outcome": "ignored", "case": ""})
    event = hear_transfer(came=came, at=now).event
    return JsonResponse({"outcome": event.outcome, "case": event.why})


def no(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
