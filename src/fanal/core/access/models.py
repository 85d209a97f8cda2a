"""Tables of agencies and the people who work for them."""

from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from fanal.core.access.roles import Role, Scope
from fanal.kit import clock
from fanal.kit.ids import new_id
from fanal.kit.settings import OF_SETTINGS

__all__ = [
    "Agency",
    "AgencyProvider",
    "Factor",
    "Invitation",
    "ProviderLink",
    "RecoveryCode",
    "Role",
    "Scope",
    "Session",
    "SignInAttempt",
    "SpentToken",
    "Token",
    "User",
]


class Agency(models.Model):
    """A national unit, or the central desk."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, unique=True)
    name = models.CharField(max_length=200)
    country = models.CharField(max_length=2)
    connected = models.BooleanField(default=True)
    second_factor = models.BooleanField(default=False)
    """Whether its people reach only their own account until they have one."""

    class Meta:
        ordering: ClassVar = ["code"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(country__regex=r"^[A-Z]{2}$"),
                name="agency_country_is_iso_3166",
                violation_error_message="The country is not two capital letters.",
            ),
            models.CheckConstraint(
                condition=models.Q(code__regex=r"^[A-Z0-9-]{2,12}$"),
                name="agency_code_is_plain",
                violation_error_message="The code is not 2 to 12 capital letters, digits or hyphens.",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class User(AbstractBaseUser):
    """A person who signs in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    username = models.CharField(max_length=100, unique=True)
    display_name = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=20, choices=Role.choices, default=Role.OFFICER)
    language = models.CharField(max_length=5, blank=True, default="")
    """In which they read the desk; empty until they first sign in, in the language of that page."""
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    objects = BaseUserManager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(Lower("username"), name="user_name_is_unique_in_any_case")]

    def __str__(self) -> str:
        return self.username


class SignInAttempt(models.Model):
    """One try to sign in that has not led to it yet. `name` and `address` are keyed hashes."""

    name = models.BinaryField(max_length=32)
    address = models.BinaryField(max_length=32)
    at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["name"], name="access_attempt_name"),
            models.Index(fields=["address"], name="access_attempt_address"),
        ]

    def __str__(self) -> str:
        return f"attempt at {self.at:%H:%M}"


class Token(models.Model):
    """What a program shows to act for one person. Only the SHA-256 of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    name = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.CharField(max_length=10, choices=Scope.choices))
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    """When it was last used, to the minute."""

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.name} of {self.user_id}"


BROWSERS = (("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    *(("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad")),
    *(("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux")),
)
"""By which signs browsers and systems are known, the more particular first."""


class Session(AbstractBaseSession):
    """A browser in which somebody is signed in. It ends at once when its row is gone."""

    id = models.UUIDField(db_index=True, default=new_id, editable=False)
    """Names it; the key is the browser's secret, and may be changed. While it is, two rows have the name."""
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="sessions", null=True)
    began_at = models.DateTimeField(default=clock.now)
    used_at = models.DateTimeField(default=clock.now)
    """When it was last used, to the minute."""
    address = models.CharField(max_length=60, blank=True)
    browser = models.CharField(max_length=200, blank=True)
    provider = models.CharField(max_length=40, blank=True)
    """The word of the provider that vouched for the person; empty: none did."""
    subject = models.BinaryField(max_length=32, null=True)
    """The digest of whom it vouched for, as a link has it."""
    sid = models.BinaryField(max_length=32, null=True)
    """The digest of the session there; None: the provider names none."""

    @property
    def machine(self) -> str:
        """The browser and the system that it says it is, in two words; all of it where neither is known."""
        known = [next((name for sign, name in signs if sign in self.browser), "") for signs in (BROWSERS, SYSTEMS)]
        return " · ".join(name for name in known if name) or self.browser

    class Meta(AbstractBaseSession.Meta):
        ordering: ClassVar = ["-used_at"]


class Invitation(models.Model):
    """A link with which one person chooses a password, once. Only the SHA-256 of its secret is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="invitations")
    digest = models.BinaryField(max_length=32, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    """When it was used, or made useless by a later one."""

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"invitation of {self.user_id}"


class Factor(models.Model):
    """What a person shows besides their password."""

    class Kind(models.TextChoices):
        """What it is."""

        APP = "app", _("Authenticator app")
        PASSKEY = "passkey", _("Passkey")

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="factors")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=60, blank=True)
    credential = models.BinaryField(null=True, unique=True)
    """The id of a passkey."""
    sealed = models.BinaryField()
    """The secret of an app, encrypted; the public key of a passkey."""
    used_step = models.BigIntegerField(default=0)
    """The step of time of the last code, or a passkey's own count: what was shown once counts no more."""
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]

    def __str__(self) -> str:
        return f"{self.kind} of {self.user_id}"


class RecoveryCode(models.Model):
    """A code that signs in once instead of a second factor. Only its SHA-256 is kept."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.BinaryField(max_length=32, unique=True)
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"


class ProviderLink(models.Model):
    """That a provider's word lets a person in. The name that they have there is kept as a digest, and sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="links")
    issuer = models.CharField(max_length=500)
    digest = models.BinaryField(max_length=32, unique=True)
    """The SHA-256 of the issuer and the subject."""
    sealed = models.BinaryField(null=True)
    """The subject, encrypted, for the administrator who asks whose it is; None: not used since it is kept."""
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering: ClassVar = ["made_at", "id"]
        constraints: ClassVar = [models.UniqueConstraint(fields=["user", "issuer"], name="linked_once_an_issuer")]

    def __str__(self) -> str:
        return f"link of {self.user_id}"


class AgencyProvider(models.Model):
    """A provider of OpenID Connect by which people of one agency may sign in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    word = models.CharField(max_length=40, unique=True)
    """By which it is known here: in addresses, in the terminal and in the log."""
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="providers")
    issuer = models.CharField(max_length=500)
    client = models.CharField(max_length=200)
    sealed = models.BinaryField(null=True)
    """The secret that the provider gave, encrypted; None: there is a key."""
    key_file = models.CharField(max_length=500, blank=True)
    """The file of the server with the private key; empty: there is a secret."""
    name = models.CharField(max_length=100)
    acr = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    amr = ArrayField(models.CharField(max_length=200), default=list, blank=True)
    """Words of the provider that count as a second factor."""
    made_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["name", "word"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["agency", "issuer"],
                name="provider_once_an_agency",
                violation_error_message="The agency has this provider under another word.",
            ),
            models.CheckConstraint(
                condition=models.Q(word__regex=r"^[a-z0-9-]{2,40}$") & ~models.Q(word=OF_SETTINGS),
                name="provider_word_is_plain",
                violation_error_message="The word is not 2 to 40 small letters, digits or hyphens, or it is taken.",
            ),
            models.CheckConstraint(
                condition=models.Q(sealed=None) ^ models.Q(key_file=""),
                name="provider_has_secret_or_key",
                violation_error_message="There is neither a secret nor a key, or both.",
            ),
        ]

    def __str__(self) -> str:
        return self.word


class SpentToken(models.Model):
    """A word of a provider that was heard and must not be heard again. It is forgotten when it would be too old."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"heard, until {self.until:%H:%M}"
