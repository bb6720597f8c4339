"""What a family's page costs: the roots of the member's own list, and the log read through for what proofs need.

    python -m benchmarks.families --people 100000 --entries 1000000

Records are invented with as many fields as the scenario's; the log is the tests' small exchange with a desk's receipt
over and over behind it, as most entries of a large exchange are. CPU seconds, and the size of the page.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from itertools import chain, repeat

from repatria.families.proof import concerns, make_bundle
from repatria.files.families import page_of
from repatria.ledger.note import encode_b64
from repatria.office import Record
from repatria.people.commands import person_root_of
from repatria.report.check_page import Sealed
from repatria.store.vault import seal_under_code
from tests.exchange.world import EXCHANGE, NORTH, world_at
from tests.families.world import DAY, families

FIELDS = 14


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--entries", type=int, default=1_000_000)
    options = parser.parse_args()
    salt = bytes(32)
    names = [f"field_{at}" for at in range(FIELDS)]
    one = [
        Record("0" * 32, f"{at:016x}", dict.fromkeys(names, f"value {at}"), dict.fromkeys(names, salt))
        for at in range(options.people)
    ]
    began = time.process_time()
    for record in one:
        person_root_of(EXCHANGE, record)
    print(f"roots of {options.people:,} records: {time.process_time() - began:.1f} s of CPU")
    it, received = families(), world_at("received").entries[-1]
    began = time.process_time()
    kept = sum(concerns(entry) for entry in chain(it.entries, repeat(received, options.entries - len(it.entries))))
    print(f"{options.entries:,} entries read through, {kept} kept: {time.process_time() - began:.1f} s of CPU")
    log = it.log()
    began = time.process_time()
    made = make_bundle(it.world.state, log, it.world.attachments.get, NORTH, [it.row(it.number)], it.number, DAY)
    print(f"one proof: {time.process_time() - began:.3f} s of CPU")
    data = json.dumps(made, ensure_ascii=False).encode()
    sealed = seal_under_code(data, "0" * 20, "00", lambda n: hashlib.sha256(b"x").digest()[:n])
    page = page_of(Sealed("00", sealed[0], *map(encode_b64, sealed[1:])), "en")
    print(f"the page: {len(page):,} bytes; the proof in it: {len(data):,}")


if __name__ == "__main__":
    main()
