"""Files that are handed out as they are, for a program or a person to save."""

from urllib.parse import quote

from django.http import HttpResponse


def handed_out(name: str, data: bytes) -> HttpResponse:
    """Return bytes that a browser saves under this name and never shows, nor keeps."""
    response = HttpResponse(data, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox"
    return response
