"""Choosers of catalogue items in the editor."""

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from catalogue.alphabet import InAlphabet
from catalogue.forms import CleanCharField
from catalogue.text import fold
from stores.queries.shelves import has_word


class SearchForm(BaseFilterForm):
    q = CleanCharField(
        label=_("Name, with or without accents"), required=False, max_length=100
    )

    def filter(self, objects: QuerySet) -> QuerySet:
        words = fold(self.cleaned_data.get("q") or "").split()
        if words:
            objects = objects.filter(*map(has_word, words)).distinct()
        return super().filter(objects)


class ProductList:
    """What both views of the chooser, the window and its results, have in common."""

    filter_form_class = SearchForm
    ordering = InAlphabet("title")

    def get_object_list(self) -> QuerySet:
        return super().get_object_list().select_related("commune__parent")

    @property
    def columns(self) -> list[Column]:
        return [
            *super().columns,
            Column("district", label=_("District"), accessor="commune.parent"),
            Column("code", label=_("Number"), accessor="code"),
        ]


class ProductChooseView(ProductList, ChooseView):
    pass


class ProductChooseResultsView(ProductList, ChooseResultsView):
    pass


class ProductChooserViewSet(ChooserViewSet):
    model = "catalogue.Product"
    icon = "tag"
    choose_one_text = _("Choose a product")
    choose_another_text = _("Choose another product")
    choose_view_class = ProductChooseView
    choose_results_view_class = ProductChooseResultsView


product_chooser = ProductChooserViewSet("product_chooser")
