"""Addresses of the office's page of tasks; the root includes them."""

from django.urls import path

from marketplace.tasks import views

urlpatterns = [
    path("office/tasks/", views.tasks, name="office-tasks"),
    path("office/tasks/<uuid:pk>/again/", views.task_again, name="office-task-again"),
    path("office/letters/", views.letters, name="office-letters"),
    path("office/letters/<int:pk>/", views.letter, name="office-letter"),
    path("office/letters/<int:pk>/html/", views.letter_html, name="office-letter-html"),
    path("office/letters/<int:pk>/again/", views.letter_again, name="letter-again"),
]
