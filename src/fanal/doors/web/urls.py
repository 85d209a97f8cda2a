"""Addresses of the desk."""

from django.urls import path

from fanal.doors.web import contents, home, leads, people, searches, submissions, texts

app_name = "web"

urlpatterns = [
    path("", home.today, name="today"),
    path("sign-in/", people.sign_in, name="sign-in"),
    path("sign-out/", people.sign_out, name="sign-out"),
    path("language/", people.language, name="language"),
    path("submissions/", submissions.index, name="submissions"),
    path("submissions/<uuid:submission>/", submissions.show, name="submission"),
    path("submissions/<uuid:submission>/progress/", submissions.progress, name="submission-progress"),
    path("contents/<int:content>/", contents.show, name="content"),
    path("contents/<int:content>/previews/<int:position>/", contents.preview, name="preview"),
    path("contents/<int:content>/search/", searches.search, name="search-region"),
    path("searches/", searches.index, name="searches"),
    path("searches/<uuid:search>/", searches.show, name="search"),
    path("text/", texts.index, name="text"),
    path("leads/", leads.index, name="leads"),
    path("leads/<uuid:lead>/", leads.show, name="lead"),
    path("leads/<uuid:lead>/judge/", leads.judge, name="judge"),
    path("leads/<uuid:lead>/withdraw/", leads.withdraw, name="withdraw"),
]
