"""What can be wrong with files that come in over the network."""

from fanal.kit.errors import Conflict, Invalid


class WrongOffset(Conflict):
    """The piece does not begin where the upload stands: another was first, or its answer was lost."""

    code = "evidence.wrong_offset"
    next_step = "Go on at the offset that is told."


class Incomplete(Conflict):
    """The upload is not whole yet."""

    code = "evidence.incomplete"
    next_step = "Send the rest, from the offset that is told."


class DamagedPiece(Invalid):
    """The piece is not what its checksum says: it was changed on the way, and none of it was kept."""

    code = "evidence.damaged_piece"
    next_step = "Send the same piece again."


class DamagedUpload(Invalid):
    """The file as it came in is not the one that was announced."""

    code = "evidence.damaged_upload"
    next_step = "Delete the upload and begin it anew: the file was changed while it was sent."
