"""The webhooks of Stripe and of the bank feed."""

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from catalogue.refusals import Refusal
from marketplace.payments.bank.notices import (
    MAX_BYTES,
    UnreadableNotice,
    parse_notice,
    verify_notice,
)
from marketplace.payments.operations.handle_stripe_event import handle_stripe_event
from marketplace.payments.operations.record_bank_credit import (
    record_bank_credit,
    record_unreadable_notice,
)
from marketplace.payments.providers.stripe import verify_event


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> JsonResponse:
    """Handle an event that Stripe signed; anything else is refused and not stored."""
    try:
        event = verify_event(request.body, request.headers.get("Stripe-Signature", ""))
    except Refusal as refusal:
        return error_response(refusal.code, str(refusal), refusal.status)
    events = handle_stripe_event(event=event, at=timezone.now())
    return JsonResponse({"outcomes": [event.outcome for event in events]})


@csrf_exempt
@require_POST
def bank(request: HttpRequest) -> JsonResponse:
    """Record a notice of the bank feed; its format is in `bank.notices`.

    A notice that is signed and cannot be read is refused, and stored for a manager.
    """
    if not settings.BANK_WEBHOOK_SECRET:
        raise Http404
    now = timezone.now()
    try:
        body = request.body
    except (RequestDataTooBig, UnreadablePostError):
        body = None
    if body is None or len(body) > MAX_BYTES:
        return error_response("too_big", f"At most {MAX_BYTES} bytes.", 413)
    try:
        verify_notice(body, request.headers.get("Bank-Signature", ""), at=now)
        credit = parse_notice(body, at=now)
    except Refusal as refusal:
        if isinstance(refusal, UnreadableNotice):
            record_unreadable_notice(body=body, error=refusal, at=now)
        return error_response(refusal.code, str(refusal), refusal.status)
    if credit is None:
        return JsonResponse({"outcome": "ignored", "case": ""})
    event = record_bank_credit(credit=credit, at=now).event
    return JsonResponse({"outcome": event.outcome, "case": event.code})


def error_response(code: str, message: str, status: int) -> JsonResponse:
    return JsonResponse({"error": {"code": code, "message": message}}, status=status)
