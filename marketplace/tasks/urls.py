"""Addresses of the office's page of tasks; the root includes them."""

from django.urls import path

from marketplace.tasks import views

urlpatterns = [
    path("office/tasks/", views.tasks, name="office-tasks"),
    path("office/tasks/<uuid:pk>/again/", views.task_again, name="office-task-again"),
    path("office/letters/<int:pk>/again/", views.letter_again, name="letter-again"),
]
