"""The public web preview of channels, played on loopback. It knows nothing of the bot that asks it.

    site = Site()
    channel = site.channel("kabar_contoh", title="Kabar Contoh")
    post = channel.publish("Selamat pagi")
    site.faults.script(Fault.THROTTLED, retry_after="120")
    async with site.serve() as address:     # or httpx.ASGITransport(site.app)
        ...                                 # ask address + "/s/kabar_contoh", in any process
    site.clock.advance(timedelta(hours=1))
    channel.edit(post.number, "Selamat siang")
    assert site.ledger.delivered(channel) == {post.number: {"Selamat pagi"}}

Everything stands on a timeline: what is dated in the future is simply not visible yet, so whole
lives can be written in advance (`lives`) while the caller moves the clock.

Where things live: `site` is what a test drives, `channel` what a channel does, `ledger` what was
visible and what each request was shown, `faults` the bad days, `lives` channels with habits,
`pages`, `blocks` and `media` the HTML, `replies` and `app` the HTTP.
"""

from sandbox.preview.channel import Channel, Kind, Message
from sandbox.preview.clock import VirtualClock
from sandbox.preview.faults import Fault
from sandbox.preview.ledger import Ledger, Outcome, Request
from sandbox.preview.lives import Habit, live, town
from sandbox.preview.site import Site

__all__ = [
    "Channel",
    "Fault",
    "Habit",
    "Kind",
    "Ledger",
    "Message",
    "Outcome",
    "Request",
    "Site",
    "VirtualClock",
    "live",
    "town",
]
