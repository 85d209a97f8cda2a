"""A country connects with one command: it logs in, asks, submits and watches, and the server is somewhere else."""

import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

from fanal.casework.alerts.models import Alert, Kind
from fanal.casework.evidence.models import Content, Exhibit, Submission, Visibility
from fanal.casework.evidence.queries import visible_submissions
from fanal.casework.sharing.actions import disclose
from fanal.core.access.models import User
from fanal.core.audit.actions import sign_checkpoint
from fanal.doors.api import stream
from fanal.doors.cli import app, credentials
from fanal.kit import clock
from fanal.kit.actor import SYSTEM
from programs import secret_of
from world import Cast, cast, enrolled, folder_of_pictures, submitted

pytestmark = pytest.mark.django_db(transaction=True)


class Officer:
    """The terminal of an officer, on a computer that has no database of its own."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def prepare(self) -> None:
        """Nothing that an officer does here may need the house itself."""
        raise AssertionError("A command for a remote server asked for a database.")

    def types(self, *arguments: object, typed: str = "", code: int = 0) -> list[dict[str, Any]]:
        """Type a command, and what it asks for; return its JSON Lines."""
        self._monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        self._capsys.readouterr()
        assert app.run(self, [str(word) for word in arguments]) == code  # type: ignore[arg-type]
        self.said = self._capsys.readouterr()
        return [json.loads(line) for line in self.said.out.splitlines() if line.startswith("{")]


@pytest.fixture
def officer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], fresh_data: Path
) -> Officer:
    """An officer whose configuration folder is empty."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "configuration"))
    monkeypatch.setattr("fanal.doors.cli.remote.PAUSES", (0.01, 0.01))
    return Officer(capsys, monkeypatch)


def logged_in(officer: Officer, live_server: Any, who: Cast) -> None:
    """Log France's officer in."""
    officer.types("login", live_server.url, typed=secret_of(who.camille) + "\n")


def test_a_login_is_kept_for_its_owner_alone(officer: Officer, live_server: Any) -> None:
    who = cast()
    officer.types("check", ".", code=1)
    assert "fanal login" in officer.said.err
    officer.types("login", live_server.url, typed="fanal_made-up\n", code=1)
    officer.types("login", "http://fanal.example", typed="fanal_made-up\n", code=1)
    assert "https" in officer.said.err
    assert not credentials.place().exists()
    logged_in(officer, live_server, who)
    assert "camille of Unité française" in officer.said.err
    assert stat.S_IMODE(credentials.place().stat().st_mode) == 0o600
    assert credentials.login_for().server == live_server.url
    officer.types("logout")
    assert credentials.saved() is None


def test_files_are_submitted_to_the_server_once(officer: Officer, live_server: Any, tmp_path: Path) -> None:
    logged_in(officer, live_server, cast())
    folder = folder_of_pictures(tmp_path / "phone", range(3))
    (folder / "empty").write_bytes(b"")
    (folder / "link").symlink_to(folder)
    submit = ("submit", folder, "--case", "FR-1", "--no-wait", "--json")
    left_out, told = officer.types(*submit)
    assert left_out["path"] == "link"
    assert (told["received"], told["files"], told["waiting"], told["left_out"]) == (4, 4, 4, 1)
    held = {exhibit.path: exhibit.content for exhibit in Exhibit.objects.select_related("content")}
    assert sorted(held) == ["IMG_0000.jpg", "IMG_0001.jpg", "IMG_0002.jpg", "empty"]
    assert (held["IMG_0000.jpg"].size, Submission.objects.get().state) == (
        (folder / "IMG_0000.jpg").stat().st_size,
        "received",
    )
    # Delivered again it is another submission, of the same contents.
    assert officer.types(*submit)[1]["received"] == 4
    assert (Submission.objects.count(), Content.objects.count(), Exhibit.objects.count()) == (2, 4, 8)


def test_digests_alone_are_submitted(officer: Officer, live_server: Any, tmp_path: Path) -> None:
    logged_in(officer, live_server, cast())
    folder = folder_of_pictures(tmp_path / "phone", range(2))
    (told,) = officer.types("submit", folder, "--hash-only", "--json", "--server", live_server.url)
    assert (told["received"], told["digests_only"], told["waiting"]) == (2, 2, 0)
    assert set(Content.objects.values_list("state", flat=True)) == {"hash_only"}


def test_a_delivery_that_was_cut_off_goes_on(
    officer: Officer, live_server: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logged_in(officer, live_server, cast())
    folder = folder_of_pictures(tmp_path / "phone", range(2))
    monkeypatch.setattr("fanal.doors.cli.sending.PIECE_BYTES", 10_000)
    from fanal.doors.cli.remote import Remote, Unreached

    put, left = Remote.put, [3]

    def cut(self: Remote, *given: Any) -> Any:
        if left[0] == 0:
            raise Unreached("The network is away.")
        left[0] -= 1
        return put(self, *given)

    with monkeypatch.context() as cable:
        cable.setattr(Remote, "put", cut)
        officer.types("submit", folder, "--no-wait", "--json", code=1)
    sizes = sum(path.stat().st_size for path in folder.iterdir())
    assert sizes > 30_000
    (told,) = officer.types("submit", folder, "--no-wait", "--json")
    assert (told["received"] + told["already_there"], told["files"]) == (2, 2)
    assert Submission.objects.count() == 1


def test_only_digests_leave_with_a_question(officer: Officer, live_server: Any, tmp_path: Path) -> None:
    who = cast()
    theirs = folder_of_pictures(tmp_path / "theirs", range(1))
    submitted(who.new_zealand, theirs, visibility="own")  # type: ignore[arg-type]
    ours = folder_of_pictures(tmp_path / "ours", range(2))
    logged_in(officer, live_server, who)
    assert [told["known"] for told in officer.types("check", ours, "--json")] == [False, False]
    disclose(who.new_zealand, answers=True, contact="desk@nz.example", actor=SYSTEM)
    first, second = officer.types("check", ours, "--json")
    assert (first["path"], first["known"], second["known"]) == ("IMG_0000.jpg", True, False)
    assert first["contacts"] == [{"agency": "NZ", "country": "NZ", "contact": "desk@nz.example"}]
    assert Exhibit.objects.count() == 1


def test_news_is_watched_from_where_it_was_left(
    officer: Officer, live_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    who = cast()
    monkeypatch.setattr(stream, "LASTS_SECONDS", 0.0)
    monkeypatch.setattr("fanal.doors.cli.watch.PAUSE_SECONDS", 0.01)
    for number in (3, 5, 8):
        told(who, number)
    Alert.objects.filter(number=5).update(agency=who.britain)
    logged_in(officer, live_server, who)
    assert [alert["number"] for alert in officer.types("watch", "--most", 2, "--json")] == [3, 8]
    assert [alert["number"] for alert in officer.types("watch", "--most", 1, "--after", 3, "--json")] == [8]


def test_alerts_are_listed_handed_over_and_answered(officer: Officer, live_server: Any) -> None:
    who = cast()
    for number in (3, 5, 8):
        told(who, number)
    Alert.objects.filter(number=5).update(agency=who.britain)
    logged_in(officer, live_server, who)
    listed = officer.types("alerts", "--json")
    assert [alert["number"] for alert in listed] == [3, 8]
    officer.types("alerts", "hand-over", listed[0]["alert"], "--to", "camille")
    officer.types("alerts", "acknowledge", listed[0]["alert"], "--answer", "On it.")
    assert Alert.objects.get(number=3).answer == "On it."
    assert [alert["number"] for alert in officer.types("alerts", "--json")] == [8]
    assert [alert["number"] for alert in officer.types("alerts", "--all", "--limit", 1, "--json")] == [3]
    officer.types("alerts", "acknowledge", str(Alert.objects.get(number=5).pk), code=1)
    assert "There is no such alert" in officer.said.err


def test_the_registry_is_worked_on_from_an_officers_computer(
    officer: Officer, live_server: Any, tmp_path: Path
) -> None:
    who = cast()
    folder = folder_of_pictures(tmp_path / "phone", range(2))
    submitted(who.france, folder)
    logged_in(officer, live_server, who)
    first, second = (str(folder / f"IMG_{seed:04}.jpg") for seed in range(2))
    (victim,) = officer.types("registry", "open", "victim", "FR-V-1", "--content", first)
    (linked,) = officer.types("registry", "link", victim["entry"], "--content", second)
    officer.types("registry", "state", victim["entry"], "--youngest", 6, "--oldest", 8, "--on", "2015-03-01")
    (shown,) = officer.types("registry", "show", victim["entry"])
    assert (shown["reference"], shown["contents"]) == ("FR-V-1", 2)
    assert [fact["about"] for fact in shown["facts"]] == ["age"]
    assert len(officer.types("registry", "timeline", victim["entry"], "--json")) == 2
    officer.types("registry", "undo", linked["deed"])
    (other,) = officer.types("registry", "open", "victim", "FR-V-2", "--content", second)
    officer.types("registry", "merge", victim["entry"], other["entry"])
    officer.types("registry", "country", victim["entry"], "BE")
    told_of = {
        one["country"]: one["verdict"] for one in officer.types("registry", "countries", other["entry"], "--json")
    }
    assert told_of["BE"] == "confirmed"
    (parted,) = officer.types("registry", "split", victim["entry"], "FR-V-3", "--content", second)
    listed = officer.types("registry", "list", "--kind", "victim", "--json")
    assert sorted(one["reference"] for one in listed) == ["FR-V-1", "FR-V-2", "FR-V-3"]
    assert parted["entry"] in {one["id"] for one in listed}
    officer.types("registry", "open", "victim", "FR-V-4", "--content", tmp_path / "nothing.jpg", code=1)


def told(who: Cast, number: int) -> None:
    """Tell France something."""
    now = clock.now()
    Alert.objects.create(
        number=number,
        agency=who.france,
        other=who.new_zealand,
        kind=Kind.LEAD,
        key=str(number),
        subjects=[f"lead:{number}"],
        count=1,
        caused_at=now,
        told_at=now,
        grown_at=now,
    )


def test_two_officers_widen_hold_and_delete(officer: Officer, live_server: Any, tmp_path: Path) -> None:
    who = cast()
    ariane = enrolled(who.france, "ariane", "supervisor")
    kept = submitted(who.france, folder_of_pictures(tmp_path / "a", range(1)), visibility=Visibility.OWN, case="FR-1")
    subject = f"submission:{kept.pk}"

    def as_(user: User) -> None:
        officer.types("login", live_server.url, typed=secret_of(user) + "\n")

    as_(who.camille)
    officer.types("visibility", kept.pk, "named", "--named", "NZ", "--reason", "They look for it.")
    officer.types("retention", "hold", subject, "--reference", "CJ-9")
    order = ("retention", "order", subject, "--ground", "court", "--reference", "TA-1", "--reason", "Ordered.")
    officer.types(*order, code=1)
    assert "legal hold" in officer.said.err
    assert officer.types("approvals", "list", "--json") == []
    as_(ariane)
    (waits,) = officer.types("approvals", "list", "--json")
    assert waits["sentence"] == "Show the submission FR-1 to: NZ."
    officer.types("approvals", "agree", waits["id"])
    assert visible_submissions(who.new_zealand).get() == kept
    officer.types("retention", "rule", 1, "--source", "seized_device")
    (due,) = officer.types("retention", "due", "--until", "2126-01-01", "--json")
    assert (due["name"], due["hold"]) == ("FR-1", "CJ-9")
    (hold,) = officer.types("retention", "holds", "--json")
    officer.types("retention", "lift", hold["id"])
    as_(who.camille)
    officer.types(*order)
    proposal = officer.said.out.strip()
    as_(ariane)
    officer.types("approvals", "agree", proposal)
    (deleted,) = officer.types("retention", "deletions", "--json")
    assert (deleted["reference"], deleted["exhibits"], Exhibit.objects.count()) == ("TA-1", 1, 0)
    (rule,) = officer.types("retention", "rules", "--json")
    officer.types("retention", "end-rule", rule["id"])
    assert officer.types("retention", "rules", "--json") == []


def test_an_administrator_asks_for_a_factor_and_an_auditor_reads_it_in_the_log(
    officer: Officer, live_server: Any
) -> None:
    who = cast()
    ada, odile = enrolled(who.france, "ada", "administrator"), enrolled(who.france, "odile", "auditor")
    officer.types("login", live_server.url, typed=secret_of(who.camille) + "\n")
    officer.types("agency", "factor", "required", code=1)
    officer.types("login", live_server.url, typed=secret_of(ada) + "\n")
    assert officer.types("agency", "factor", "--json") == [{"required": False}]
    assert officer.types("agency", "factor", "required", "--json") == [{"required": True}]
    officer.types("agency", "factor")
    assert "required" in officer.said.out
    officer.types("log", code=1)

    officer.types("login", live_server.url, typed=secret_of(odile) + "\n")
    (entry,) = officer.types("log", "--action", "access.agency_changed", "--json")
    assert (entry["person"], entry["detail"]) == ("Ada", {"second_factor": True})
    assert len(officer.types("log", "--person", "ada", "--limit", 2, "--json")) == 2
    assert {(one["person"], one["detail"]) for one in officer.types("log", "--others", "--json")} == {("", None)}
    officer.types("log")
    assert f"access.agency_changed  agency:{who.france.pk}  Ada" in officer.said.out
    sign_checkpoint()
    (proof,) = officer.types("log", "proof", entry["index"])
    assert (proof["index"], proof["hash"]) == (entry["index"], entry["hash"])
    (state,) = officer.types("log", "state", "--json")
    assert (state["second_sink_agrees"], state["signed"] > entry["index"]) == (True, True)
    officer.types("log", "state")
    assert "the two sinks agree" in officer.said.out


def test_a_case_is_opened_worked_in_and_closed_from_the_terminal(officer: Officer, live_server: Any) -> None:
    logged_in(officer, live_server, cast())
    officer.types("case", "open", "A girl in a room")
    reference = officer.said.out.strip()
    officer.types("case", "note", reference, "-", typed="We know the bottle.\n")
    officer.types("case", "task", reference, "Ask the shop", "--officer", "camille", "--due", "2026-12-01")
    officer.types("case", "decide", reference, "We ask the shop", "--why", "Its mark is on the bottle")
    (listed,) = officer.types("case", "list", "--json")
    assert (listed["reference"], listed["lead"], listed["joined"]) == (reference, "FR", True)
    officer.types("case", "show", reference.lower())
    for words in (
        "A girl in a room",
        "[ ] Ask the shop (FR, due 2026-12-01)",
        "camille: We know the bottle.",
        "decided:",
    ):
        assert words in officer.said.out
    officer.types("case", "close", reference, "--outcome", "The child is safe.")
    assert officer.types("case", "list", "--json") == []
    (shown,) = officer.types("case", "show", reference, "--json")
    assert (shown["state"], shown["outcome"]) == ("closed", "The child is safe.")
    officer.types("case", "note", "FR-1999-0001", "Nobody reads this", code=1)
    assert "There is no case FR-1999-0001" in officer.said.err
