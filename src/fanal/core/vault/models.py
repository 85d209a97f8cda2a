"""One row a content whose bytes the vault holds, or held until they were erased."""

from django.db import models
from django.db.models import Q


class Blob(models.Model):
    """Bytes by their SHA-256.

    `name` is random, so that the store tells nothing of what it keeps; `wrapped_key` is the content's own key, sealed
    by the vault's key `key_id`. Both go when the content is erased; the digests stay, as custody must be provable.
    """

    sha256 = models.BinaryField(primary_key=True, max_length=32)
    sha1 = models.BinaryField(max_length=20)
    md5 = models.BinaryField(max_length=16)
    size = models.BigIntegerField()
    name = models.CharField(max_length=32, unique=True, null=True, db_collation="C")
    wrapped_key = models.BinaryField(null=True)
    key_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="vault_blob_held_or_erased",
                condition=Q(name__isnull=False, wrapped_key__isnull=False, key_id__isnull=False, erased_at__isnull=True)
                | Q(name__isnull=True, wrapped_key__isnull=True, key_id__isnull=True, erased_at__isnull=False),
            ),
            models.CheckConstraint(name="vault_blob_size", condition=Q(size__gte=0)),
        ]

    def __str__(self) -> str:
        return bytes(self.sha256).hex()
