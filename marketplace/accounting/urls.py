"""Addresses of receipts, tills, sales and invoices; the root includes them."""

from django.urls import path

from marketplace.accounting import views

ORDER = "orders/<str:number>/<str:token>"

urlpatterns = [
    path(f"{ORDER}/receipt/", views.receipt, name="order-receipt"),
    path(f"{ORDER}/receipt.pdf", views.receipt_pdf, name="order-receipt-pdf"),
    path("desk/<slug:point>/till/", views.till, name="desk-till"),
    path(
        "desk/<slug:point>/till/<int:number>/",
        views.till_close,
        name="desk-till-close",
    ),
    path("office/tills/", views.tills, name="office-tills"),
    path("office/sales/", views.sales, name="office-sales"),
    path(
        "office/sales/sales.csv",
        views.sales_file,
        {"kind": "csv"},
        name="office-sales-csv",
    ),
    path(
        "office/sales/sales.xlsx",
        views.sales_file,
        {"kind": "xlsx"},
        name="office-sales-xlsx",
    ),
    path("office/invoices/", views.invoices, name="office-invoices"),
    path(
        "office/invoices/<int:pk>/again/",
        views.invoice_again,
        name="office-invoice-again",
    ),
]
