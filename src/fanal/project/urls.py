"""All addresses of the server."""

from django.urls import include, path

urlpatterns = [path("api/", include("fanal.doors.api.urls")), path("", include("fanal.doors.web.urls"))]

handler404 = "fanal.doors.web.problems.page_not_found"
