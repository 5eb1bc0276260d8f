"""The pages of search but /products/, which `storefront/urls.py` caches."""

from django.urls import path

from search import views

urlpatterns = [
    path("products/suggestions/", views.suggestions, name="suggestions"),
    path("office/missed-searches/", views.missed_searches, name="missed-searches"),
]
