"""Signing in, and a person's own account."""

from django.contrib.auth.views import LogoutView
from django.urls import path

from marketplace.accounts import views

urlpatterns = [
    path("", views.account, name="account"),
    path("sign-in/", views.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("data/", views.export, name="account-export"),
    path("delete/", views.delete, name="account-delete"),
]
