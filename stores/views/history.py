"""What became of a product, at every point where the person may stand."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from stores.middleware import AuthenticatedShopRequest
from stores.models import SalesPoint, StockMovement
from stores.partner.models import StockRecord
from stores.permissions import at_point
from stores.views.shelf import HISTORY_PAGE, record_or_404


@at_point
@require_safe
def everywhere(
    request: AuthenticatedShopRequest, point: SalesPoint, pk: int
) -> HttpResponse:
    """Her points that know the product, and all its movements there, latest first."""
    shown = record_or_404(point, pk)
    own = SalesPoint.objects.staffed_by(request.user)
    records = StockRecord.objects.filter(
        product=shown.product_id, partner__sales_point__in=own
    ).select_related("partner__sales_point")
    movements = (
        StockMovement.objects.filter(record__in=records.values("pk"))
        .select_related("batch", "actor", "record__partner__sales_point")
        .order_by("-pk")
    )
    context = {
        "point": point,
        "tab": "shelf",
        "record": shown,
        "records": records.order_by("partner__sales_point__pk"),
        "page": Paginator(movements, HISTORY_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "stores/desk/everywhere.html", context)
