from oscar.apps.partner.models import *  # noqa: F403  (all of them, under this label)
