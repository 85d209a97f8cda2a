"""Every verb that the audit log knows, with what it says.

A verb that is not here cannot be logged, so what it names cannot be done.
"""

ACTIONS: dict[str, str] = {
    "access.agency_admitted": "An agency was admitted to this database.",
    "access.agency_changed": "An agency's name, country or connection was changed.",
    "access.signed_in": "A person signed in.",
    "access.signed_out": "A person signed out.",
    "access.sign_in_refused": "Somebody tried to sign in and was refused.",
    "access.sign_in_held_off": "Somebody tried to sign in too often and was not even heard.",
    "access.user_enrolled": "A person was given an account.",
    "access.user_changed": "A person's account or rights were changed.",
    "audit.exported": "The audit log was copied out of the database.",
    "audit.verified": "What is kept was verified: the audit log, the vault or the index, as the subject says.",
    "evidence.submission_opened": "An agency began to deliver evidence.",
    "evidence.submission_resumed": "An agency went on with a delivery that was cut off.",
    "evidence.received": "Files of a submission were stored; their digests are in the detail.",
    "evidence.submission_closed": "A submission was declared complete.",
    "evidence.unpacked": "The members of an archive became exhibits.",
    "evidence.exported": "Original bytes left the vault.",
    "evidence.erased": "A content was erased by destroying its key.",
    "evidence.seen": "A person looked at a submission and its exhibits.",
    "leads.proposed": "Links between contents were proposed, each with its reason.",
    "leads.judged": "A person judged a lead.",
    "leads.judgement_withdrawn": "A person took a judgement back.",
    "leads.region_searched": "A person had a boxed part of a picture looked for; they see what it is found in.",
    "leads.search_seen": "A person looked at what a boxed part of a picture was found in.",
    "leads.seen": "A person looked at a lead.",
    "media.previewed": "Thumbnails were shown, blurred or not.",
    "media.revealed": "A person uncovered a picture, a clip or a sound.",
    "media.served": "Bytes of media were sent to a person.",
    "readings.read": "The text in a content was read behind the wall, or could not be.",
    "readings.searched": "A person searched the text in pictures and films; what they asked for is in the detail.",
    "prints.examined": "Contents were examined behind the wall; facts, fingerprints and previews were written.",
}
