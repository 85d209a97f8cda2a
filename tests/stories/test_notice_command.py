"""Notices in the terminal of an officer, whose server is somewhere else."""

from pathlib import Path
from typing import Any

import pyrage
import pytest

from abroad import morocco
from desk import content_of, examined
from fanal.casework.notices.actions import Written, begin, bring_in_recipient, compare_key, write
from fanal.doors.cli import app
from fanal.doors.cli.credentials import Login
from programs import secret_of
from world import cast, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


class Elsewhere:
    """A computer that has no database of its own."""

    def prepare(self) -> None:
        """Nothing that an officer does here may need the house itself."""
        raise AssertionError("A command for a remote server asked for a database.")


def test_a_notice_is_sealed_sent_and_answered(
    tmp_path: Path,
    fresh_data: Path,
    live_server: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    who, identity = cast(), pyrage.x25519.Identity.generate()
    delivered = submitted(who.new_zealand, folder_of_pictures(tmp_path / "forum", range(40, 41)))
    examined([delivered])
    compare_key(bring_in_recipient(morocco(), "Rabat", str(identity.to_public()), "fr").pk, who.mere)
    notice = begin("MA", who.mere, contents=[content_of(delivered, ".jpg").pk])
    write(notice.pk, Written("A stove.", "Whose?", "desk@nz.example", "fr"), who.mere)
    login = Login(live_server.url, secret_of(who.mere))
    monkeypatch.setattr("fanal.doors.cli.credentials.login_for", lambda _: login)

    def typed(*words: object, code: int = 0) -> str:
        capsys.readouterr()
        assert app.run(Elsewhere(), ["notice", *(str(word) for word in words)]) == code  # type: ignore[arg-type]
        return capsys.readouterr().out

    reference, sealed = notice.reference, tmp_path / "notice.pdf.age"
    assert reference in typed("list", "--state", "draft")
    typed("seal", reference, "--into", sealed)
    assert pyrage.decrypt(sealed.read_bytes(), [identity]).startswith(b"%PDF-1.7")
    typed("seal", reference, "--into", sealed, code=1)
    assert typed("sent", reference, "--how", "by hand").split() == [reference, "sent"]
    assert typed("received", reference).split() == [reference, "acknowledged"]
    typed("answer", reference, "perhaps", code=1)
    typed("answer", reference, "working", "--text", "Taken up.")
    assert "Taken up." in typed("show", reference)
    typed("show", "NZ-N-1999-0001", code=1)
