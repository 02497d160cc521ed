import uuid

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.text import slugify

from collective import clock
from collective.safety import uploads
from collective.typed.fields import LineField
from policy_drafts.models.draft import Audience, Draft
from policy_drafts.models.leased import Leased, LeasedQuerySet

KINDS_OF_FILE = {".pdf", ".docx", ".odt", ".txt", ".epub", ".mp3", ".m4a", ".ogg", ".mp4", ".webm"}
MOST_MEGABYTES = 50


class FileState(models.TextChoices):
    WAITING = "waiting", "Being made"
    READY = "ready", "Ready"
    FAILED = "failed", "Could not be made"


class DraftFile(Leased):
    """A draft as a file, made once in a worker.

    It says for whom the draft is, so there is another one when it is opened to more people.
    """

    class Kind(models.TextChoices):
        WORD = "word", "Word"
        PDF = "pdf", "PDF"
        LARGE_PRINT = "large-print", "Large print (PDF)"
        WEB_PAGE = "web-page", "Web page in one file"
        MARKDOWN = "markdown", "Markdown"

    State = FileState

    ENDINGS = {
        Kind.WORD: ".docx",
        Kind.PDF: ".pdf",
        Kind.LARGE_PRINT: "-large-print.pdf",
        Kind.WEB_PAGE: ".html",
        Kind.MARKDOWN: ".md",
    }

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="files")
    kind = models.CharField(max_length=20, choices=Kind)
    audience = models.CharField(max_length=20, choices=Audience)
    state = models.CharField(max_length=10, choices=FileState, default=FileState.WAITING)
    file = models.FileField(upload_to="drafts/", blank=True)
    size = models.PositiveIntegerField("size in bytes", default=0)
    error = models.CharField(max_length=200, blank=True, default="")
    given_up_by = models.CharField(
        "version of ours that gave up",
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text="Another version tries again.",
    )

    objects = LeasedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "kind", "audience"], name="one_file_a_kind_and_audience"
            )
        ]
        indexes = [
            models.Index(
                fields=["lease_until"], condition=Q(state=FileState.WAITING), name="draft_file_due"
            )
        ]

    def __str__(self) -> str:
        return f"{self.draft}: {self.get_kind_display()}"

    @property
    def ending(self) -> str:
        """How the name of the file ends."""
        return self.ENDINGS[self.Kind(self.kind)]

    @property
    def download_name(self) -> str:
        """The name for people who download it."""
        return f"{slugify(self.draft.policy_title)}-draft-{self.draft.number}{self.ending}"


class OtherVersion(models.Model):
    """A draft in another form that people made, as a file or a link: easy read, audio, BSL …"""

    class Kind(models.TextChoices):
        EASY_READ = "easy_read", "Easy read"
        AUDIO = "audio", "Audio"
        BSL = "bsl", "British Sign Language"
        TRANSLATION = "translation", "Another language"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    draft = models.ForeignKey(Draft, models.PROTECT, related_name="other_versions")
    kind = models.CharField("what it is", max_length=20, choices=Kind)
    name = LineField(max_length=120, help_text="For example “Easy read, 8 pages” or “Cymraeg”.")
    file = models.FileField(upload_to="drafts/versions/", blank=True)
    link = models.URLField(blank=True)
    added_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["kind", "name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(file="", link__gt="") | Q(file__gt="", link=""),
                name="version_is_a_file_or_a_link",
                violation_error_message="Give either a file or a link.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return self.link or reverse(
            "other_version", args=[self.draft.policy.slug, self.draft.number, self.pk]
        )

    @property
    def ending(self) -> str:
        """What kind of file it is, as its name says: "PDF"."""
        return (self.file.name or "").rpartition(".")[2].upper()

    @property
    def size(self) -> int:
        """How many bytes it has; 0 for a link."""
        return uploads.size_of(self.file)

    def clean(self) -> None:
        """Raises ValidationError for a file that is too large or that people cannot simply open."""
        uploads.check(
            self.file, KINDS_OF_FILE, MOST_MEGABYTES, "Please make it smaller, or use a link."
        )

    @property
    def download_name(self) -> str:
        return uploads.download_name(self.name, self.file)
