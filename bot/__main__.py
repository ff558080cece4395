"""`python -m bot`: hands over to the commands in `cli`."""

from bot.cli import main

if __name__ == "__main__":
    main()
