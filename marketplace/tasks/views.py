"""What is sent later and what could not be done, for managers."""

import uuid
from typing import Any

from csp.decorators import csp_update
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe
from django_tasks_db.models import DBTaskResult

from catalogue.text import one_line
from marketplace.tasks.operations import retry_letter, retry_task
from marketplace.tasks.queries import get_work_state
from stores.mail import compose
from stores.models import Letter
from stores.permissions import office_view

for_managers = office_view("tasks.manage_tasks")

PAGE_SIZE = 50

MOST = 100
"""Rows of a list; what is mended makes room for the next."""

NAMES = {
    "send_letters": gettext_lazy("Send letters"),
    "end_unpaid_orders": gettext_lazy("Check payments and end unpaid orders"),
    "put_back_uncollected": gettext_lazy("Put back what nobody collected"),
    "close_payments": gettext_lazy("Close the payments of ended orders"),
    "send_refunds": gettext_lazy("Send refunds"),
    "send_invoices": gettext_lazy("Issue invoices"),
    "publish_pages": gettext_lazy("Publish pages on time"),
    "update_search_index": gettext_lazy("Update the search"),
    "write_about_low_stock": gettext_lazy("Write to keepers about low stock"),
    "check_ledger": gettext_lazy("Check the books"),
    "delete_old_results": gettext_lazy("Delete old letters and results"),
}
"""Tasks by what they do, in words."""


@for_managers
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """Whether the worker works, and what it tries again or has given up."""
    state = get_work_state(at=timezone.now())
    context = {
        "state": state,
        "rows": [describe(row) for row in state.failing[:MOST]],
        "letters": state.refused_letters[:MOST],
    }
    return render(request, "office/tasks.html", context)


def describe(row: DBTaskResult) -> dict[str, Any]:
    lines = row.traceback.strip().splitlines()
    return {
        "task": row,
        "name": NAMES.get(row.task_name, row.task_path),
        "about": row.args_kwargs["kwargs"].get("thread", ""),
        "attempts": len(row.worker_ids),
        "again_at": row.run_after if row.status == "READY" else None,
        "error": lines[-1] if lines else "",
    }


@for_managers
@require_POST
def task_again(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Try a failed task again now."""
    retry_task(row=get_object_or_404(DBTaskResult, pk=pk), at=timezone.now())
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("office-tasks")


@for_managers
@require_POST
def letter_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Try again to send a letter that was refused."""
    retry_letter(letter=get_object_or_404(Letter, pk=pk))
    messages.success(request, _("It will be tried again within a minute."))
    return redirect("office-tasks")


@for_managers
@require_safe
def letters(request: HttpRequest) -> HttpResponse:
    """What was written to whom, the newest first; all of an order, or of everybody."""
    thread = one_line(request.GET.get("thread", ""))
    rows = Letter.objects.order_by("-pk")
    if thread:
        rows = rows.filter(thread__iexact=thread)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "office/letters.html", {"page": page, "thread": thread})


@for_managers
@require_safe
def letter(request: HttpRequest, pk: int) -> HttpResponse:
    """A letter as its reader gets it, or would get it if it were sent now."""
    found = get_object_or_404(Letter, pk=pk)
    context = {"letter": found, "content": compose(found)}
    return render(request, "office/letter.html", context)


@csp_update({"style-src": ["'unsafe-inline'"]})  # a letter has no style sheet
@for_managers
@require_safe
@xframe_options_sameorigin
def letter_html(request: HttpRequest, pk: int) -> HttpResponse:
    """The letter alone, for the frame of its page; its pictures stand in it."""
    content = compose(get_object_or_404(Letter, pk=pk))
    html = content.html
    for name, content_type, text in content.attachments:
        html = html.replace(f"cid:{name}", f"data:{content_type};base64,{text}")
    return HttpResponse(html)
