"""What the bot's parts achieve on this machine, measured against the doubles."""
