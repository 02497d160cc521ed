import logging

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from payments.sending import webhooks

logger = logging.getLogger(__name__)


@csrf_exempt  # signed by Stripe instead
@require_POST
def stripe_webhook(request: HttpRequest) -> HttpResponse:
    """The door for Stripe's events: 200 once it is stored, 400 for what is not Stripe's."""
    try:
        webhooks.receive(request.body, request.headers.get("Stripe-Signature", ""))
    except ValueError as error:
        logger.warning("An event was refused: %s", error)
        return HttpResponseBadRequest("Not an event of ours")
    return HttpResponse("Thank you", content_type="text/plain")
