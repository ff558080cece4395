"""Days of watching many channels, in virtual time: the bot's own rules, without network and rows.

    python -m sandbox.simulate --channels 1000 --rate 0.5 --hours 24

What runs is what the bot runs: cursor, gaps, intervals, stretch, back-off, circuit breaker, token
bucket and the order of errands. What is played is what they act on: channels that publish, pages
of twenty, requests that fail. `town` plays the channels, `agenda` keeps in memory what the bot
keeps in rows, `figures` says what came of it.
"""
