from oscar.apps.order.models import *  # noqa: F403  (all of them, under this label)
