"""The pages of search, but /products/: the root wraps that one in the page cache."""

from django.urls import path

from search import views

urlpatterns = [
    path("products/suggestions/", views.suggestions, name="suggestions"),
    path("office/missed-searches/", views.missed_searches, name="missed-searches"),
]
