"""`python -m classifiers`: see `classifiers.cli`."""

from classifiers.cli import main

if __name__ == "__main__":
    main(prog_name="python -m classifiers")
