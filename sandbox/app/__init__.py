"""A Telegram on this machine: the double of the Bot API, the real bot beside it, and a page.

One person plays everybody. Everything but Telegram is the real thing: the bot is a process of its
own, joined by `bot.compose`, that talks to the double over HTTP.

Where things live: `serve` starts all of it for a person, `scenario` for a file; `stage` is what
both drive; `cast` says who is there, `feed` what is published; `bot_process` is the bot's process
and `life` this side of it; `view` shows the world to the page, `routes` answers it, `guard` keeps
others out; the page itself stands in `sandbox/page`.
"""
