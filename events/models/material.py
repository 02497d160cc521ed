import uuid

from django.db import models
from django.db.models import Q

from collective.safety import uploads
from collective.typed.fields import LineField
from events.models.session import Session

KINDS_OF_FILE = {
    *{".pdf", ".docx", ".odt", ".rtf", ".txt"},
    *{".pptx", ".odp", ".epub"},
    *{".mp3", ".jpg", ".png"},
}
MOST_MEGABYTES = 10


class Material(models.Model):
    """Something to read or bring, as a file or a link, for people who are coming.

    Large print and easy read stand beside it as rows of their own.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    session = models.ForeignKey(Session, models.CASCADE, related_name="materials")
    name = LineField(max_length=120)
    file = models.FileField(upload_to="materials/", blank=True)
    link = models.URLField(blank=True)
    is_large_print = models.BooleanField("large print", default=False)
    position = models.PositiveSmallIntegerField(default=1)

    class Meta:
        ordering = ["position", "name"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", link__gt="") | Q(file__gt="", link=""),
                name="material_is_a_file_or_a_link",
                violation_error_message="Give either a file or a link.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Raise ValidationError for a file that is too large, or that people cannot simply open."""
        uploads.check(self.file, KINDS_OF_FILE, MOST_MEGABYTES, "Please make it smaller first.")

    def copy_to(self, session: Session) -> None:
        """Put the same beside this session."""
        Material.objects.create(
            session=session,
            name=self.name,
            file=self.file.name or "",
            link=self.link,
            is_large_print=self.is_large_print,
            position=self.position,
        )

    @property
    def download_name(self) -> str:
        return uploads.download_name(self.name, self.file)
