"""What agencies delivered to a large database: submissions, exhibits, contents, and what was learnt of them.

Each step is given the loader of `officers_loader.py`. Contents have the ids 1 to `contents`, as they came.
"""

import hashlib
import json
import secrets
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from officers_loader import Loader, Row

PICTURES = 16
LONGEST_SUBMISSION = 0.02
"""The largest submission of each agency, as a share of all contents."""


def submissions(loader: Loader) -> None:
    """Write submissions of each visibility; one in 25 is of digests alone."""
    count = loader.agency_count
    sizes = [(int(loader.contents * LONGEST_SUBMISSION), number) for number in range(count)]
    left = loader.contents - sum(size for size, _ in sizes)
    while left > 0:
        sizes.append((min(left, max(20, int(loader.dice.lognormvariate(5.6, 0.9)))), len(sizes) % count))
        left -= sizes[-1][0]
    loader.dice.shuffle(sizes)
    rows: list[Row] = []
    first = 1
    for number, (size, owner) in enumerate(sizes):
        at, agency = loader.moment(number / len(sizes)), loader.agencies[owner]
        visibility = ("own", "named", "all_connected")[loader.dice.randrange(3)]
        others = [other.pk for other in loader.agencies if other != agency]
        named = sorted(loader.dice.sample(others, loader.dice.randint(1, 3))) if visibility == "named" else []
        digests_only = loader.dice.random() < 0.04 and size < 2_000
        key = loader.key(at)
        loader.submissions.append((key, first, size, digests_only))
        case, label = f"{agency.code}-{at.year}-{number:05}", f"Seizure {number}"
        words = ("free", "received", key.bytes * 2, case, "seized_device", "Warrant 12", label)
        rows.append((key, agency.pk, visibility, named, digests_only, at, at, *words))
        first += size
    columns = "id, agency_id, visibility, named, hash_only, created_at, received_at, handling, state, resume_key,"
    loader.copy("evidence_submission", f"{columns} case_reference, source, legal_basis, label", rows)


def _kind(content: int) -> tuple[str, str]:
    by = content % 100
    if by < 90:
        return "image", "image/jpeg"
    return ("video", "video/mp4") if by < 97 else ("audio", "audio/mpeg") if by < 99 else ("archive", "application/zip")


def _state(content: int, digests_only: bool) -> str:
    return "hash_only" if digests_only else "shelved" if content % 50 == 7 else "examined"


def contents(loader: Loader) -> None:
    """Write the vault's rows, each with a wrapped key of its own, and contents with digests and facts."""
    from fanal.core.vault import keyring, place
    from fanal.core.vault.envelope import DataKey

    ring = keyring.load(place.key_file())
    loader.keys = [DataKey.new() for _ in range(PICTURES)]
    names = "sha256, sha1, md5, size, name, wrapped_key, key_id, created_at"
    held = ((one, first, size, only) for one, first, size, only in loader.submissions if not only)
    loader.copy(
        "vault_blob",
        names,
        (
            (
                *_digests(content),
                secrets.token_hex(16),
                ring.wrap(loader.keys[content % PICTURES].handle, digest),
                ring.primary,
                loader.moment(1),
            )
            for _, first, size, _ in held
            for content in range(first, first + size)
            for digest in [_digests(content)[0]]
        ),
    )
    columns = "id, sha256, sha1, md5, size, blob_id, state, refusal, media_type, family, width, height, duration, facts"
    loader.copy("evidence_content", columns, _content_rows(loader))


def _digests(content: int) -> tuple[bytes, bytes, bytes, int]:
    sha256 = hashlib.sha256(content.to_bytes(8, "big")).digest()
    return sha256, hashlib.sha1(sha256).digest(), hashlib.md5(sha256).digest(), 40_000 + content * 7919 % 4_000_000


def _content_rows(loader: Loader) -> Iterator[Row]:
    for _, first, size, digests_only in loader.submissions:
        for content in range(first, first + size):
            digests = _digests(content)
            state, (family, kind) = _state(content, digests_only), _kind(content)
            if state == "hash_only":
                yield content, *digests, None, state, None, "", "", None, None, None, "{}"
                continue
            seen = family in {"image", "video"}
            width, height = ((4000, 3000) if content % 3 else (1600, 1200)) if seen else (None, None)
            lasts = 30.0 + content % 300 if family in {"video", "audio"} else None
            refusal = 1 if state == "shelved" else None
            yield (
                content,
                *digests,
                digests[0],
                state,
                refusal,
                kind,
                family,
                width,
                height,
                lasts,
                _facts(content),
            )


def _facts(content: int) -> str:
    camera = content * 31 // 400 % 4_000
    facts: dict[str, Any] = {
        "mode": "RGB",
        "jpeg_quality": 60 + content % 40,
        "software": f"Firmware {camera % 9}.1",
    }
    if content % 10 < 4:
        facts |= {"camera_make": "Kodak", "camera_model": f"Z{camera % 40}", "camera_serial": f"KCG{camera:07}A"}
    if content % 20 == 3:
        facts |= {"gps_latitude": -40 + content % 80 * 1.01, "gps_longitude": content % 170 * 1.01}
    return json.dumps(facts)


def exhibits(loader: Loader) -> None:
    """Write where contents were found."""
    loader.admin.execute(
        "CREATE TEMP TABLE given (number int PRIMARY KEY, id uuid, first bigint, size bigint, at timestamptz)"
    )
    rows = (
        (number, key, first, size, loader.moment(number / len(loader.submissions)))
        for number, (key, first, size, _) in enumerate(loader.submissions)
    )
    loader.copy("given", "number, id, first, size, at", rows)
    loader.admin.execute("ANALYZE given")
    add = """
        INSERT INTO evidence_exhibit
            (submission_id, content_id, depth, path, path_key, received_at, modified_at, unpacked_at)
        SELECT id, content, 0, path, sha256(path::bytea), at, at - interval '90 days',
               CASE WHEN content % 100 = 99 THEN at END
        FROM (
    """
    home = """
        SELECT id, at, content, format('DCIM/%s/IMG_%s.jpg', 100 + (content - first) / 500, content) AS path
        FROM given, generate_series(first, first + size - 1) AS content
    """
    # One in seven lies in another submission too, of whatever agency.
    again = f"""
        SELECT id, at, content, format('Copies/%s.jpg', content) AS path
        FROM generate_series(1, {loader.contents}, 7) AS content
        JOIN given ON number = abs(hashint8(content)) % {len(loader.submissions)}
        WHERE content NOT BETWEEN first AND first + size - 1
    """
    for found in (home, again):
        loader.admin.execute(f"{add} {found}) AS found ORDER BY content")


def previews(loader: Loader) -> None:
    """Write a glimpse and a preview of each picture and film: one of sixteen drawn ones, sealed."""
    rows: list[Row] = []
    for number, key in enumerate(loader.keys):
        drawn = _drawn(number)
        rows.append((number, 0, 12, 9, key.seal(_jpeg(drawn.resize((12, 9)), 60))))
        rows.append((number, 1, 640, 480, key.seal(_jpeg(drawn, 80))))
    loader.admin.execute(
        "CREATE TEMP TABLE drawn (picture int, position smallint, width smallint, height smallint, sealed bytea)"
    )
    loader.copy("drawn", "picture, position, width, height, sealed", rows)
    loader.admin.execute(
        f"""
        INSERT INTO prints_preview (content_id, position, width, height, sealed, time)
        SELECT content.id, position, drawn.width, drawn.height, sealed,
               CASE WHEN family = 'video' AND position > 0 THEN 2.0 END
        FROM evidence_content content JOIN drawn ON picture = content.id % {PICTURES}
        WHERE state = 'examined' AND family IN ('image', 'video') ORDER BY content.id, position
        """
    )


def prints(loader: Loader) -> None:
    """Write fingerprints by PDQ, drawn at random, and the cameras that files name."""
    from fanal.engine.fingerprint.camera import camera_prints

    loader.admin.execute(
        """
        INSERT INTO prints_print (content_id, technique, data, turned, quality, time)
        SELECT id, 'pdq/1', sha256(int8send(id * 64 + frame)),
               sha256(int8send(-id)) || sha256(int8send(id + 9)) || sha256(sha256) || sha256(sha1) || sha256(md5)
               || sha256(int8send(id - 1)) || sha256(int8send(7 * id)),
               60 + id % 40, CASE WHEN family = 'video' THEN frame END
        FROM evidence_content, generate_series(0, CASE WHEN family = 'video' THEN 7 ELSE 0 END) AS frame
        WHERE state = 'examined' AND family IN ('image', 'video') ORDER BY id
        """
    )
    rows = (
        (content, "camera/1", made.data, b"", None, None)
        for content in range(1, loader.contents + 1)
        if content % 10 < 4 and content % 50 != 7
        for made in camera_prints(json.loads(_facts(content)), (4000, 3000))
    )
    loader.copy("prints_print", "content_id, technique, data, turned, quality, time", rows)
    # Whoever delivered digests alone has told nothing of the bytes.
    loader.admin.execute(
        "DELETE FROM prints_print USING evidence_content c WHERE c.id = content_id AND state = 'hash_only'"
    )


def texts(loader: Loader) -> None:
    """Write that all was read, and two lines of invented words for one content in ten."""
    from fanal.engine.text.plain import grams_of, searched_words

    loader.admin.execute(
        """
        INSERT INTO readings_reading (content_id, state, lines, read_at)
        SELECT id, 'read', CASE WHEN id % 10 = 0 THEN 2 ELSE 0 END, now() FROM evidence_content
        WHERE state = 'examined' AND family IN ('image', 'video')
        """
    )
    words = [_word(number) for number in range(4_000)]

    def rows() -> Iterator[Row]:
        for content in range(10, loader.contents, 10):
            if _kind(content)[0] != "image":
                continue
            for position in range(2):
                # Few words are everywhere, most are rare, as in any language.
                said = " ".join(words[int(4_000 * loader.dice.random() ** 3)] for _ in range(4))
                text = f"{said} {loader.dice.randrange(10**7):07}" if position else said
                found = searched_words(text)
                corners = [[0.1, 0.1], [0.6, 0.1], [0.6, 0.2], [0.1, 0.2]]
                told = (0.9, json.dumps(corners), "Latn", sorted(set(found)), grams_of(found))
                yield content, None, position, text, *told

    loader.copy(
        "readings_textline", "content_id, time, position, text, confidence, corners, script, words, grams", rows()
    )
    loader.admin.execute(
        "DELETE FROM readings_textline USING evidence_content c WHERE c.id = content_id AND state <> 'examined'"
    )


def _drawn(number: int) -> Image.Image:
    """Draw coloured shapes on a soft ground."""
    dice = np.random.default_rng(number)
    ground = dice.integers(40, 215, (6, 8, 3), dtype=np.uint8)
    image = Image.fromarray(ground).resize((640, 480), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(8):
        x, y, width, height = (int(one) for one in dice.integers(20, 400, 4))
        draw.ellipse((x, y, x + width, y + height), fill=tuple(int(one) for one in dice.integers(0, 256, 3)))
    return image.resize((400, 300))


def _jpeg(image: Image.Image, quality: int) -> bytes:
    buffer = BytesIO()
    image.save(buffer, "JPEG", quality=quality)
    return buffer.getvalue()


def _word(number: int) -> str:
    """Return an invented word: of so many syllables that few words share three letters, as in any language."""
    first, last = divmod(number * 7919 % 10_000, 100)
    return f"{_syllable(first)}{_syllable(last)}{_syllable(number * 31 % 100)}"


def _syllable(number: int) -> str:
    return "bcdfghjklmnpqrstvwxz"[number // 5] + "aeiou"[number % 5]


STEPS = (submissions, contents, exhibits, previews, prints, texts)
