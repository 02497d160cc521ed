"""How every field of a form is heard (`FORM_RENDERER`)."""

from typing import Any

from django.forms import BoundField, Widget
from django.forms.renderers import TemplatesSetting


class HeardField(BoundField):
    """A field that is called wrong only after somebody answered, and optional only if it is."""

    @property
    def is_optional(self) -> bool:
        """May it always stay empty? A form names in `needed_at_times` those that may not."""
        return not self.field.required and self.name not in getattr(
            self.form, "needed_at_times", ()
        )

    def build_widget_attrs(self, attrs: dict[str, Any], widget: Widget | None = None) -> Any:
        """As Django's; Chromium calls an empty box that must be ticked invalid, unless told."""
        built = super().build_widget_attrs(attrs, widget)
        if built.get("required") and not self.errors:
            built["aria-invalid"] = "false"
        return built


class Renderer(TemplatesSetting):
    bound_field_class = HeardField
