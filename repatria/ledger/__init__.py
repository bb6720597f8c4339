"""The log: bytes in, proofs out. It knows nothing of people, opens no file and asks no clock.

    canonical    one JSON text per value (RFC 8785)
    tree         the Merkle tree and its proofs (RFC 6962, RFC 9162)
    note         signed notes and cosignatures; the only Ed25519 code
    checkpoint   origin, size and root: what a log signs
    entry        the envelope of one signed event
    commit       salted commitments to a person's fields
    tiles        where each byte of a log directory lies
    log          a whole directory read and re-verified
    witness      what a witness checks before it cosigns
    proof        an inclusion proof as a file, and the proof that a log signed two histories
"""
