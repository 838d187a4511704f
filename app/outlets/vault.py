class Vault:
    def __init__(self, keys: tuple[str, ...]) -> None:
        self.keys = keys
