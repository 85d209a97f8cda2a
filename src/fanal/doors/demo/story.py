"""Who found what, and where: the plot of the demonstration world.

New Zealand meets pictures of an unknown attic room online. France holds reference pictures of the same uniform and
the same bottle, and a telephone with more of that room. Australia uploads pictures of a motel; the United States has it
in a catalogue of places; Great Britain seizes a computer with copies of the Australian pictures.
"""

from dataclasses import replace

from fanal.doors.demo.plan import Clip, Note, Plan, Plate, Reference, Scenery, Shot, Still
from fanal.doors.demo.plot import Plot

AGENCIES = {
    "NZ": ("NZ", "New Zealand – online exploitation unit"),
    "FR": ("FR", "France – centre for victim identification"),
    "AU": ("AU", "Australia – child protection operations"),
    "GB": ("GB", "United Kingdom – image analysis unit"),
    "US": ("US", "United States – place and victim identification"),
}
"""Code: country and name."""


def plot(scale: float = 1.0) -> Plan:
    """Return the plan of the whole world; with a smaller `scale` there are fewer pictures but the same links."""
    story = Plot(scale)
    attic = _new_zealand(story)
    reference = _france(story, attic)
    motel = _australia(story)
    _united_states(story, motel)
    _britain(story, motel, attic)
    story.plan.marked = attic[1].path
    if scale < 0.5:
        story.plan.clips = [_lighter(clip) for clip in story.plan.clips]
    story.belong(attic[1], reference["wares"], "object", "the shampoo bottle with the hexagonal mark")
    story.belong(attic[1], reference["uniforms"], "object", "the fire-brigade uniform with its badge")
    return story.plan


def _lighter(clip: Clip) -> Clip:
    """The same film with fewer and smaller frames, for a small world."""
    return replace(clip, size=(clip.size[0] // 2, clip.size[1] // 2), rate=8)


def _new_zealand(story: Plot) -> list[Plate]:
    online = story.deliver(
        "NZ",
        "forum-2026-0417",
        ("NZ-2026-0417", "online", "Undercover operation in a forum, warrant 2026/118", "all_connected"),
    )
    attic = story.series(
        f"{online}/downloads/thread_20871",
        "attic_bedroom",
        (0, 1, 5, 2, 4, 3),
        ("afternoon", "evening", "overcast"),
        17,
        "kotare",
        "2026:03:14",
        "set3_{:03d}.jpg",
    )
    pan = Clip(f"{online}/downloads/thread_20871/room_walk.mp4", Shot("attic_bedroom", 0, "afternoon"), tune="murmur-a")
    note = Note(f"{online}/downloads/thread_20871/voice_message_04.m4a", "murmur-b")
    story.plan.clips.append(pan)
    story.plan.notes.append(note)
    _share_attic_media(story, pan, note)
    seized = story.deliver(
        "NZ",
        "laptop-2026-0533",
        ("NZ-2026-0533", "seized_device", "Search warrant, Search and Surveillance Act 2012", "all_connected"),
    )
    lounge = story.series(
        f"{seized}/DCIM/100KOTAR",
        "lounge",
        (0, 1, 2, 3),
        ("morning", "evening"),
        13,
        "kotare",
        "2025:12:27",
        "KTR_{:04d}.JPG",
        (-41.2867, 174.7761),
        118,
    )
    story.alter(lounge, f"{seized}/ChatExport_2026-01-03/photos", 5, "photo_{}@03-01-2026.jpg")
    story.noise(f"{seized}/Pictures/Wallpapers", ("sea", "hills", "drawing"), 11, 100)
    story.plan.clips.append(Clip(f"{seized}/DCIM/100KOTAR/MOV_0131.mp4", Shot("lounge", 1, "morning"), tune="box-a"))
    story.plan.notes.append(Note(f"{seized}/Recordings/memo 7.wav", "murmur-c", (0, 6)))
    story.archive(seized, "old_phone", lounge[:6])
    return attic


def _share_attic_media(story: Plot, pan: Clip, note: Note) -> None:
    """What France and Great Britain have of the New Zealand film and voice message."""
    again = Clip(
        "FR/telephone-26-1187/Movies/VID-20260402.mp4", pan.shot, (1.6, 5.8), (640, 480), True, 12, 420_000, "murmur-a"
    )
    story.plan.clips.append(again)
    story.belong(pan, again, "clip", "trimmed, letterboxed and encoded again")
    for path, second, what in (
        ("FR/telephone-26-1187/Pictures/Screenshots/Screenshot_2026-04-02.png", 3.2, "a still of the film"),
        ("GB/computer-2026-3390/Users/desk/Downloads/keep/frame.jpg", 5.0, "a still of the film"),
    ):
        still = Plate(path, Still(pan.path, second), quality=80)
        story.plan.plates.append(still)
        story.belong(pan, still, "clip", what)
    voice = Note("FR/telephone-26-1187/WhatsNote Audio/AUD-20260403.mp3", note.tune, (1.0, 8.5), 0.012, 48_000)
    story.plan.notes.append(voice)
    story.belong(note, voice, "sound", "the same recording, trimmed and encoded again")
    track = Note("GB/computer-2026-3390/Downloads/audio_extract.flac", pan.tune, (0.5, 6.5), 0.006)
    story.plan.notes.append(track)
    story.belong(pan, track, "sound", "the sound track of the film")


def _france(story: Plot, attic: list[Plate]) -> dict[str, Plate]:
    catalogue = story.deliver(
        "FR", "references-produits", ("FR-CAT-2026", "online", "Reference material, no proceedings", "all_connected")
    )
    station = story.series(
        f"{catalogue}/uniformes/haute-lisane",
        "fire_station",
        (5, 1, 0, 4, 2, 3),
        ("morning", "overcast"),
        11,
        "lisane",
        "2026:02:03",
        "HL_{:03d}.jpg",
        (42.9656, 1.6053),
    )
    wares = story.series(
        f"{catalogue}/cosmetiques",
        "wares",
        (1, 0),
        ("overcast", "morning"),
        4,
        "lisane",
        "2026:02:05",
        "alveol_{:02d}.jpg",
    )
    story.plan.catalogue += [
        Reference(
            wares[0].path,
            (0.6, 0.28, 0.115, 0.375),
            "Alvéol shampoo, 250 ml",
            "Sold in one chain of shops of the Haute-Lisane, and nowhere else.",
            ("FR",),
            ("bottle", "bathroom"),
        ),
        Reference(
            station[0].path,
            (0.22, 0.17, 0.53, 0.81),
            "Jacket of the Haute-Lisane fire brigade",
            "Worn by this one fire brigade since 2011.",
            ("FR",),
            ("uniform", "badge"),
        ),
    ]
    _french_telephone(story, attic)
    return {"wares": wares[0], "uniforms": station[0]}


def _french_telephone(story: Plot, attic: list[Plate]) -> None:
    phone = story.deliver(
        "FR", "telephone-26-1187", ("FR-26-1187", "seized_device", "Commission rogatoire 26/1187", "all_connected")
    )
    tiled = story.series(
        f"{phone}/DCIM/Camera",
        "bathroom",
        (1, 0, 3, 2, 4),
        ("morning", "overcast", "night"),
        12,
        "lisane",
        "2026:03:20",
        "P5_{:05d}.jpg",
        (42.9634, 1.6071),
        2207,
    )
    room = story.series(
        f"{phone}/DCIM/Camera",
        "attic_bedroom",
        (6, 4, 1),
        ("morning", "overcast"),
        5,
        "lisane",
        "2026:03:21",
        "P5_{:05d}.jpg",
        None,
        2231,
        7,
    )
    story.belong(attic[0], room[0], "room", "the same attic room from another corner")
    story.belong(attic[1], room[1], "object", "the same bottle on the same chest")
    story.belong(attic[1], tiled[0], "object", "the same bottle on another shelf")
    story.copy(attic[0], f"{phone}/Download", "IMG-20260331-WA0007.jpg")
    story.alter(attic, f"{phone}/WhatsNote Images/Sent", 9, "IMG-20260401-WA{:04d}.jpg")
    story.noise(f"{phone}/Pictures/Fonds", ("hills", "forest", "drawing"), 9, 200)
    story.archive(phone, "sauvegarde", tiled[:5])
    story.plan.clips.append(Clip(f"{phone}/DCIM/Camera/VID_20260320.mp4", Shot("bathroom", 0, "morning"), tune="box-b"))


def _australia(story: Plot) -> list[Plate]:
    online = story.deliver(
        "AU",
        "online-2026-88",
        ("AU-2026-0088", "online", "Report of an online platform, s 474 warrant", "all_connected"),
    )
    motel = story.series(
        f"{online}/board/thread_5512",
        "motel",
        (0, 3, 1, 2, 4, 5),
        ("afternoon", "evening", "overcast"),
        15,
        "bandicoot",
        "2026:04:11",
        "b12_{:04d}.jpg",
        None,
        771,
    )
    pan = Clip(f"{online}/board/thread_5512/clip_a.mp4", Shot("motel", 0, "evening"), tune="murmur-d")
    copied = Clip("GB/computer-2026-3390/Videos/untitled (2).mp4", pan.shot, (0.8, 6.4), (640, 360), False, 12, 500_000)
    story.plan.clips += [pan, copied]
    story.belong(pan, copied, "clip", "made smaller, trimmed and encoded again, without its sound")
    seized = story.deliver(
        "AU", "tablet-2026-0131", ("AU-2026-0131", "seized_device", "Crimes Act 1914, s 3E", "all_connected")
    )
    toys = story.series(
        f"{seized}/DCIM/100BANDI",
        "childrens_room",
        (0, 2, 1, 3),
        ("morning", "evening"),
        11,
        "bandicoot",
        "2026:01:18",
        "BND_{:04d}.JPG",
        (-34.9285, 138.6007),
        41,
    )
    bags = story.series(
        f"{seized}/DCIM/100BANDI",
        "cloakroom",
        (1, 0, 2, 3),
        ("morning", "overcast"),
        9,
        "bandicoot",
        "2026:02:09",
        "BND_{:04d}.JPG",
        None,
        60,
    )
    story.belong(toys[1], bags[0], "object", "the school bag of the same school")
    story.alter(toys, f"{seized}/Chats/exported media", 4, "media-{:03d}.jpg")
    story.noise(f"{seized}/Download", ("desert", "sea", "drawing"), 10, 300)
    story.plan.clips.append(
        Clip(f"{seized}/DCIM/100BANDI/BND_V001.mp4", Shot("childrens_room", 0, "morning"), tune="box-c")
    )
    story.archive(seized, "cloud_backup", bags[:4])
    return motel


def _united_states(story: Plot, motel: list[Plate]) -> None:
    places = story.deliver(
        "US", "places-lodging", ("US-PLACES-7", "online", "Catalogue of places, open sources", "all_connected")
    )
    listing = story.series(
        f"{places}/Alta Vega/Mesa Lantern Motor Lodge",
        "motel",
        (2, 1, 3, 4),
        ("morning",),
        6,
        "cascade",
        "2025:09:02",
        "room_14_{:02d}.jpg",
        (36.9147, -111.4558),
        1,
        9,
    )
    story.belong(motel[0], listing[0], "room", "the same motel room, from a catalogue of places")
    story.belong(motel[1], listing[2 % len(listing)], "object", "the same poster and wallpaper")
    seized = story.deliver(
        "US",
        "phone-2026-4402",
        ("US-2026-4402", "provider_report", "Provider report and search warrant", "all_connected"),
    )
    kitchen = story.series(
        f"{seized}/DCIM/101CASCD",
        "kitchen",
        (0, 1, 2, 3),
        ("morning", "overcast", "evening"),
        14,
        "cascade",
        "2025:10:25",
        "CSC_{:04d}.JPG",
        (44.0521, -123.0868),
        300,
    )
    story.alter(kitchen, f"{seized}/Messages/Attachments", 5, "IMG_E{:04d}.jpg")
    story.alter(motel[2:5] or motel, f"{seized}/Downloads", 4, "saved_{:02d}.jpg")
    # Taken by the camera whose pictures Australia has: what it shows is nothing, its serial number is a lead.
    walk = f"{seized}/Received/BND_{{:04d}}.JPG"
    story.plan.plates += [
        Plate(
            walk.format(690 + n),
            Scenery(kind, 490 + n),
            (),
            "bandicoot",
            f"2026:02:2{n} 09:14:27",
            (44.0582, -121.3153),
        )
        for n, kind in enumerate(("hills", "forest", "sea"))
    ]
    story.noise(f"{seized}/Wallpapers", ("forest", "desert", "hills", "drawing"), 14, 400)
    story.plan.clips.append(Clip(f"{seized}/DCIM/101CASCD/CSC_V01.mp4", Shot("kitchen", 1, "morning"), tune="box-d"))
    story.plan.notes.append(Note(f"{seized}/Voicemail/vm-0012.wav", "murmur-e", (0, 5)))
    story.archive(seized, "transfer", kitchen[:5])


def _britain(story: Plot, motel: list[Plate], attic: list[Plate]) -> None:
    seized = story.deliver(
        "GB",
        "computer-2026-3390",
        ("GB-2026-3390", "seized_device", "Police and Criminal Evidence Act 1984, s 8", "all_connected"),
    )
    desk = story.series(
        f"{seized}/Users/desk/Pictures/Camera",
        "study",
        (0, 1, 2, 3),
        ("overcast", "evening"),
        10,
        "thistle",
        "2026:02:21",
        "T3_{:04d}.jpg",
        (53.4084, -2.9916),
        870,
    )
    story.belong(motel[1], desk[1], "object", "the same motel poster on another wall")
    story.copy(motel[0], f"{seized}/Users/desk/Downloads", "b12_0771 (1).jpg")
    story.copy(motel[1], f"{seized}/Users/desk/Downloads", "b12_0772 (1).jpg")
    story.alter(motel, f"{seized}/Users/desk/Downloads/keep", 10, "k{:02d}.jpg")
    story.alter(attic[:5], f"{seized}/Users/desk/Downloads/keep", 5, "n{:02d}.jpg")
    story.noise(f"{seized}/Users/desk/Pictures/Art", ("drawing", "moors"), 8, 500)
    own = story.deliver(
        "GB", "phone-2026-3391", ("GB-2026-3391", "seized_device", "Police and Criminal Evidence Act 1984, s 19", "own")
    )
    room = story.series(
        f"{own}/DCIM/100THIST",
        "living_room",
        (0, 1, 2, 3),
        ("morning", "evening"),
        14,
        "thistle",
        "2026:01:30",
        "T3P_{:04d}.JPG",
        (53.4106, -2.9779),
        12,
    )
    story.alter(room, f"{own}/ChatExport/photos", 4, "photo_{:02d}.jpg")
    story.noise(f"{own}/Screens", ("town", "moors", "drawing"), 6, 600)
    story.plan.clips.append(Clip(f"{own}/DCIM/100THIST/T3P_V01.mp4", Shot("living_room", 0, "evening"), tune="box-e"))
    story.archive(own, "old_sd_card", room[:5])
