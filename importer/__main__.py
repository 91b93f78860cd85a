"""``python -m importer`` is ``finz-import``."""

from importer.cli.main import run

if __name__ == "__main__":
    run()
