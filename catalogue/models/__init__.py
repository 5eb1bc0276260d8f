"""Products, their makers, areas, certificates and lots."""

from catalogue.models.areas import Area
from catalogue.models.batches import Batch
from catalogue.models.certificates import (
    EXPIRING_WITHIN,
    OFFICES,
    RECOGNISED_FROM,
    Certificate,
    certificate_in_force,
)
from catalogue.models.producers import Producer
from catalogue.models.products import (
    ALLERGENS,
    Flies,
    Group,
    Product,
    ProductQuerySet,
    Subgroup,
)
from catalogue.models.targets import ProgrammeTarget

__all__ = [
    "ALLERGENS",
    "EXPIRING_WITHIN",
    "OFFICES",
    "RECOGNISED_FROM",
    "Area",
    "Batch",
    "Certificate",
    "Flies",
    "Group",
    "Producer",
    "Product",
    "ProductQuerySet",
    "ProgrammeTarget",
    "Subgroup",
    "certificate_in_force",
]

# Oscar's models that are not forked belong to this app too; last, as Oscar requires.
# isort: split
from oscar.apps.catalogue.models import *  # type: ignore[assignment]  # noqa: E402, F403
