"""EDGE: what a node keeps on its disk: the log, the vault, the keyring, snapshots."""
