"""From a channel's post to the regulator's digest."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sandbox.double import Chat, Person
from tests.end_to_end.stage import ZONE, Stage

JAKARTA = ZoneInfo(ZONE)


async def confirmed(stage: Stage, budi: Person, words: str = "join our armed group") -> Chat:
    """A channel with one post, which Budi has confirmed, and whose minute for undoing is over."""
    channel = await stage.watched()
    await stage.on_duty(budi)
    stage.double.publish(channel, words)
    await stage.desk_shows(budi, "Case 1")
    await stage.confirms(budi)
    stage.later(seconds=61)
    await stage.until_one("SELECT count(*) FROM referrals", 1)
    return channel


async def test_post_becomes_a_card_a_review_and_a_digest_at_its_time_of_day(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    budi, citra = await stage.moderator(), await stage.recipient()
    await stage.start()
    await confirmed(stage, budi, "join our armed group <b>now</b> & write")
    morning = datetime.now(JAKARTA).replace(hour=8, minute=0, second=0, microsecond=0)
    morning += timedelta(days=2)  # whatever time it is now, the day after next begins with 07:59

    await stage.until_next(morning - timedelta(days=1, minutes=-1))
    digest = (await stage.told(citra, "Digest 1")).text
    assert "Items: 1 (recruitment 1)" in digest
    assert "1. Referral #1 · recruitment" in digest
    assert "https://t.me/contoh_kanal/1" in digest
    assert "join our armed group <b>now</b> & write" in digest
    assert "Budi" not in digest
    await stage.until_one("SELECT state FROM referrals", "delivered")


async def test_digest_waits_for_eight_in_the_morning_in_jakarta(stage: Stage) -> None:
    morning = datetime.now(JAKARTA).replace(hour=7, minute=50, second=0, microsecond=0)
    await stage.until_next(morning + timedelta(days=1))
    budi, citra = await stage.moderator(), await stage.recipient()
    await stage.start()
    await confirmed(stage, budi)

    asked = await stage.says(stage.admin, "/status")
    before = stage.letters(citra)
    stage.later(minutes=10)
    await stage.told(citra, "Digest 1")

    assert "1 terutang" in asked
    assert before == []


async def test_digest_now_sends_what_is_owed_and_the_next_has_the_next_number(
    stage_on_each: Stage,
) -> None:
    stage = stage_on_each
    budi, citra = await stage.moderator(), await stage.recipient()
    await stage.start()
    channel = await confirmed(stage, budi)

    first = await stage.says(stage.admin, "/digest now")
    nothing = await stage.says(stage.admin, "/digest now")
    stage.double.publish(channel, "another armed call, to other people and in other words")
    await stage.desk_shows(budi, "Case 2")
    await stage.confirms(budi, "fundraising")
    stage.later(seconds=61)
    second = await stage.says(stage.admin, "/digest now")

    assert first == "Ringkasan 1 untuk Citra: 1 butir, sedang dikirim"
    assert nothing.startswith("Tidak ada yang perlu dikirim.")
    assert second == "Ringkasan 2 untuk Citra: 1 butir, sedang dikirim"
    assert "Items: 1 (fundraising 1)" in (await stage.told(citra, "Digest 2")).text
    await stage.until_one("SELECT count(*) FROM digests WHERE delivered_at IS NOT NULL", 2)
    assert await stage.rows("SELECT number FROM digests ORDER BY id") == [(1,), (2,)]


async def test_confirmed_post_is_not_referred_before_its_minute_is_over(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "join our armed group")
    await stage.desk_shows(budi, "Case 1")

    await stage.confirms(budi)
    said = await stage.says(stage.admin, "/digest now")

    assert said.startswith("Tidak ada yang perlu dikirim.")
    assert stage.letters(citra) == []
    assert await stage.one("SELECT state FROM cards") == "confirmed"


async def test_everybody_reads_their_own_language(stage: Stage) -> None:
    dewi = await stage.moderator(1003, "Dewi", language="id")
    citra = await stage.recipient(language="id")
    channel = await stage.watched()
    await stage.start()

    empty = (await stage.on_duty(dewi)).text
    stage.double.publish(channel, "join our armed group")
    card = (await stage.desk_shows(dewi, "Kasus 1")).text
    await stage.presses(dewi, "Propaganda…")
    after_choice = (await stage.desk_shows(dewi, "Apa yang dilakukan unggahan ini?")).text
    said = await stage.presses(dewi, "perekrutan")
    stage.later(seconds=61)
    await stage.says(stage.admin, "/digest now")
    digest = await stage.told(citra, "Ringkasan 1")

    assert empty == "Meja Anda kosong. Saya akan mengabari begitu ada yang perlu dilihat."
    assert "Skor" not in card
    assert "Skor 93%" in after_choice
    assert said == "Dikonfirmasi: perekrutan. Dapat diurungkan selama satu menit."
    assert "perekrutan" in digest.text


async def test_dismissed_post_is_never_sent(stage: Stage) -> None:
    budi, citra = await stage.moderator(), await stage.recipient()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    stage.double.publish(channel, "report on an armed robbery")
    await stage.desk_shows(budi, "Case 1")

    await stage.presses(budi, "Not propaganda…")
    said = await stage.presses(budi, "news")
    stage.later(days=2)
    status = await stage.says(stage.admin, "/digest now")

    assert said == "Dismissed: news. You can undo this for a minute."
    assert status.startswith("Tidak ada yang perlu dikirim.")
    assert stage.letters(citra) == []
    assert await stage.rows("SELECT state, purpose FROM cards") == [("dismissed", "NEWS")]


async def test_glorification_is_sent_after_a_second_person_agrees(stage_on_each: Stage) -> None:
    stage = stage_on_each
    budi, dewi = await stage.moderator(), await stage.moderator(1003, "Dewi")
    citra = await stage.recipient()
    channel = await stage.watched()
    await stage.start()
    await stage.on_duty(budi)
    await stage.on_duty(dewi)
    stage.double.publish(channel, "praise for the armed ones")
    await stage.desk_shows(budi, "Case 1")

    first = await stage.confirms(budi, "glorification")
    await stage.desk_shows(dewi, "Case 1")
    second = await stage.confirms(dewi, "glorification")
    stage.later(seconds=61)
    await stage.says(stage.admin, "/digest now")

    assert first == "Noted; another person looks too."
    assert second == "Confirmed: glorification. You can undo this for a minute."
    assert "by 2 people" in (await stage.told(citra, "Digest 1")).text
