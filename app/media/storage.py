from pathlib import Path


class Storage:
    def __init__(self, root: Path) -> None:
        self.root = root
