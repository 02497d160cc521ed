from django.db import models
from django.db.models import Q

from collective.safety.encryption import EncryptedJSONField


class KeyProof(models.Model):
    """The one row that proves that an environment's keys are those of this database.

    `collective/safety/key_proof.py` writes it and looks at it. It is the last to be encrypted anew,
    so that nothing starts where an older key was taken away too early.
    """

    id = models.SmallIntegerField(primary_key=True, default=1, editable=False)
    text = EncryptedJSONField()
    secret = models.CharField(max_length=64, help_text="A signature by SECRET_KEY.")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_key_proof")]

    def __str__(self) -> str:
        return "The proof of the keys"
