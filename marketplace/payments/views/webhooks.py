"""What Stripe tells us."""

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from marketplace.payments.gateway import NotSigned, verified
from marketplace.payments.operations.hear import hear


@csrf_exempt
@require_POST
def stripe(request: HttpRequest) -> JsonResponse:
    """Take in an event that Stripe signed; anything else is refused and not stored."""
    try:
        event = verified(request.body, request.headers.get("Stripe-Signature", ""))
    except NotSigned:
        said = {"code": "not_signed", "message": "The signature is wrong or too old."}
        return JsonResponse({"error": said}, status=400)
    events = hear(event=event, at=timezone.now())
    return JsonResponse({"outcomes": [event.outcome for event in events]})
