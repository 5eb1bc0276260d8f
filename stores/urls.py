"""The screens of points: stock at the desk, and the points themselves in the office."""

from django.urls import path

from stores.views import counts, low, office, sheets, shelf, till, transfers, write_offs

POINT = "<slug:point>"

desk = [
    path(f"{POINT}/sell/", till.sell, name="desk-sell"),
    path(f"{POINT}/sales/", till.sales, name="desk-sales"),
    path(f"{POINT}/sales/<int:pk>/", till.sale, name="desk-sale"),
    path(f"{POINT}/stale/", write_offs.stale, name="desk-stale"),
    path(f"{POINT}/lots/<int:pk>/expire/", write_offs.expire, name="desk-expire"),
    path(f"{POINT}/receive/", shelf.receive_goods, name="desk-receive"),
    path(f"{POINT}/transfers/", transfers.transfers, name="desk-transfers"),
    path(
        f"{POINT}/transfers/ask/", transfers.new_transfer, name="desk-transfer-request"
    ),
    path(f"{POINT}/transfers/<int:pk>/", transfers.transfer, name="desk-transfer"),
    path(
        f"{POINT}/transfers/<int:pk>/send/", transfers.send, name="desk-transfer-send"
    ),
    path(
        f"{POINT}/transfers/<int:pk>/receive/",
        transfers.receive,
        name="desk-transfer-receive",
    ),
    path(
        f"{POINT}/transfers/<int:pk>/cancel/",
        transfers.cancel,
        name="desk-transfer-cancel",
    ),
    path(
        f"{POINT}/transfers/<int:pk>/slip/", transfers.slip, name="desk-transfer-slip"
    ),
    path(f"{POINT}/shelf/", shelf.shelf, name="desk-shelf"),
    path(f"{POINT}/shelf/file/", sheets.stock_file, name="desk-stock-file"),
    path(f"{POINT}/shelf/file/book/", sheets.book_file, name="desk-stock-file-book"),
    path(
        f"{POINT}/shelf/stock.csv",
        sheets.export,
        {"kind": "csv"},
        name="desk-stock-csv",
    ),
    path(
        f"{POINT}/shelf/stock.xlsx",
        sheets.export,
        {"kind": "xlsx"},
        name="desk-stock-xlsx",
    ),
    path(
        f"{POINT}/shelf/<int:pk>/everywhere/",
        shelf.everywhere,
        name="desk-everywhere",
    ),
    path(f"{POINT}/shelf/<int:pk>/", shelf.record, name="desk-record"),
    path(f"{POINT}/shelf/<int:pk>/correct/", shelf.correct_lot, name="desk-correct"),
    path(f"{POINT}/shelf/<int:pk>/threshold/", low.threshold, name="desk-threshold"),
    path(f"{POINT}/shelf/<int:pk>/restock/", low.request_restock, name="desk-restock"),
    path(f"{POINT}/low/", low.low, name="desk-low"),
    path(f"{POINT}/counts/", counts.counts, name="desk-counts"),
    path(f"{POINT}/counts/start/", counts.start, name="desk-count-start"),
    path(f"{POINT}/counts/<int:pk>/", counts.count, name="desk-count"),
    path(
        f"{POINT}/counts/<int:pk>/lots/<int:batch>/", counts.lot, name="desk-count-lot"
    ),
    path(f"{POINT}/counts/<int:pk>/book/", counts.book, name="desk-count-book"),
    path(
        f"{POINT}/counts/<int:pk>/abandon/", counts.abandon, name="desk-count-abandon"
    ),
    path(f"{POINT}/shelf/<int:pk>/damage/", write_offs.damage, name="desk-damage"),
]

office_points = [
    path("points/", office.points, name="office-points"),
    path("points/<slug:slug>/", office.point, name="office-point"),
]
