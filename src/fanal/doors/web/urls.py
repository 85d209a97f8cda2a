"""Addresses of the desk."""

from django.urls import path

from fanal.doors.web import (
    alerts,
    clues,
    contents,
    home,
    leads,
    people,
    searches,
    sharing,
    sightings,
    submissions,
    texts,
)

app_name = "web"

urlpatterns = [
    path("", home.today, name="today"),
    path("sign-in/", people.sign_in, name="sign-in"),
    path("sign-out/", people.sign_out, name="sign-out"),
    path("language/", people.language, name="language"),
    path("alerts/", alerts.index, name="alerts"),
    path("alerts/<uuid:alert>/acknowledge/", alerts.acknowledge, name="alert-acknowledge"),
    path("alerts/<uuid:alert>/hand-over/", alerts.hand_over, name="alert-hand-over"),
    path("submissions/", submissions.index, name="submissions"),
    path("submissions/<uuid:submission>/", submissions.show, name="submission"),
    path("submissions/<uuid:submission>/progress/", submissions.progress, name="submission-progress"),
    path("contents/<int:content>/", contents.show, name="content"),
    path("contents/<int:content>/previews/<int:position>/", contents.preview, name="preview"),
    path("contents/<int:content>/claim/", sharing.claim, name="claim"),
    path("claims/<uuid:claim>/renew/", sharing.renew, name="claim-renew"),
    path("claims/<uuid:claim>/release/", sharing.release, name="claim-release"),
    path("check/", sharing.check, name="check"),
    path("contents/<int:content>/search/", searches.search, name="search-region"),
    path("searches/", searches.index, name="searches"),
    path("searches/<uuid:search>/", searches.show, name="search"),
    path("text/", texts.index, name="text"),
    path("contents/<int:content>/clues/new/", clues.new, name="clue-new"),
    path("clues/", clues.index, name="clues"),
    path("clues/<uuid:clue>/", clues.show, name="clue"),
    path("clues/<uuid:clue>/withdraw/", clues.withdraw, name="clue-withdraw"),
    path("clues/<uuid:clue>/restore/", clues.restore, name="clue-restore"),
    path("sightings/<uuid:sighting>/", sightings.show, name="sighting"),
    path("sightings/<uuid:sighting>/judge/", sightings.judge, name="sighting-judge"),
    path("sightings/<uuid:sighting>/withdraw/", sightings.withdraw, name="sighting-withdraw"),
    path("leads/", leads.index, name="leads"),
    path("leads/<uuid:lead>/", leads.show, name="lead"),
    path("leads/<uuid:lead>/judge/", leads.judge, name="judge"),
    path("leads/<uuid:lead>/withdraw/", leads.withdraw, name="withdraw"),
]
