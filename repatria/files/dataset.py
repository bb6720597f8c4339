"""The public record as files: tidy CSV, a workbook, one SQLite file, Parquet, and what describes them.

Every file of data bears the edition and the hash of its own content in its name, and the same record gives the same
bytes, in every process and on every machine (a SQLite file bears one version of the library, whichever wrote it).
`datapackage.json` (Frictionless Data Package) and `dataset.jsonld` (schema.org/Dataset) keep their names, since others
look for them by those, and list the rest with sizes and hashes.

    >>> from repatria.public.chronology import Chronology
    >>> files = export(Record(Chronology((), (), {}), version="0"))
    >>> files.named["chronology.csv"], files.data == export(Record(Chronology((), (), {}), version="0")).data
    ('chronology-1-13a918e12d34.csv', True)
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from repatria.files.spreadsheet import Sheet, format_xlsx
from repatria.files.tables import format_csv
from repatria.public.record import Figure, Record, Value, figures, whole

KINDS: Mapping[str, str] = {  # of file, by ending: what a browser is told that it is
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "sqlite3": "application/vnd.sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "json": "application/json",
    "jsonld": "application/ld+json",
}
PACKAGE, DATASET = "datapackage.json", "dataset.jsonld"
PROOF = "counts-proof.json"
_NAMED = re.compile(rf"[a-z0-9-]+-[A-Za-z0-9.]+-[0-9a-f]{{12}}\.(?:{'|'.join(KINDS)})")
_SQLITE = 3_040_000  # the library's version as it is written down: no byte differs by which one wrote
_ABOUT = "Exchanges of prisoners by their sources, and what one exchange has published of itself. No person is in it."


@dataclass
class Files:
    """Files by the names that they have, and those names by what a page calls them."""

    edition: str
    data: dict[str, bytes] = field(default_factory=dict)
    named: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, list[str]] = field(default_factory=lambda: {"all": [], "tables": [], "figures": []})

    def add(self, name: str, data: bytes, kind: str, fixed: bool = False) -> str:
        """Keep a file; gives back its name, with the edition and the hash of its content."""
        stem, _, ending = name.rpartition(".")
        said = name if fixed else f"{stem}-{self.edition}-{hashlib.sha256(data).hexdigest()[:12]}.{ending}"
        self.data[said], self.named[name] = data, said
        if name not in self.kinds[kind]:
            self.kinds[kind].append(name)
        return said


def export(record: Record, parquet: bool = False) -> Files:
    """Every file of the record.

    Args:
        parquet: each table as Parquet as well; takes the extra `scale`.
    """
    files = Files(record.edition)
    tables = list(whole(record))
    files.add("public.sqlite3", _database(record, tables), "all")
    files.add("public.xlsx", _workbook(tables), "all")
    for table in tables:
        files.add(f"{table.name}.csv", _csv(table), "tables")
        if parquet:
            files.add(f"{table.name}.parquet", _parquet(table), "tables")
    if record.ledger is not None and record.ledger.proof:
        files.add(PROOF, record.ledger.proof, "tables")
    for each in figures(record):
        if f"{each.name}.csv" not in files.named:
            files.add(f"{each.name}.csv", _csv(each), "figures")
    listed = {name: files.data[name] for name in files.named.values()}
    files.add(PACKAGE, _json(_package(record, tables, files)), "all", fixed=True)
    files.add(DATASET, _json(_dataset(record, listed)), "all", fixed=True)
    return files


def is_exported(name: str) -> bool:
    """Whether a file is called as one of these is, of whatever edition."""
    return name in (PACKAGE, DATASET) or _NAMED.fullmatch(name) is not None


def content_type(name: str) -> str:
    return KINDS[name.rpartition(".")[2]]


# --- tables ---------------------------------------------------------------------------------------------------------


def _csv(table: Figure) -> bytes:
    return format_csv(table.columns, [[_cell(value) for value in row] for row in table.rows])


def _workbook(tables: Sequence[Figure]) -> bytes:
    return format_xlsx([
        Sheet(table.name, (table.columns, *(tuple(map(_cell, row)) for row in table.rows))) for table in tables
    ])  # fmt: skip


def _cell(value: Value) -> str:
    return "" if value is None else str(value)


def _database(record: Record, tables: Sequence[Figure]) -> bytes:
    """One SQLite file, written in one go and in one order."""
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")
        about = {"edition": record.edition, "hash": record.hash, "version": record.version, "what": _ABOUT}
        connection.executemany("INSERT INTO about VALUES (?, ?)", sorted(about.items()))
        for table in tables:
            columns = ", ".join(f'"{name}" {_sql(table, at)}' for at, name in enumerate(table.columns))
            connection.execute(f'CREATE TABLE "{table.name}" ({columns})')
            places = ", ".join("?" * len(table.columns))
            connection.executemany(f'INSERT INTO "{table.name}" VALUES ({places})', table.rows)
        connection.commit()
        connection.execute("VACUUM")
        data = bytearray(connection.serialize())
    finally:
        connection.close()
    data[96:100] = _SQLITE.to_bytes(4, "big")  # Source: the SQLite file format, 1.3.14: for diagnosis only
    return bytes(data)


def _sql(table: Figure, at: int) -> str:
    return "INTEGER" if _is_whole(table, at) else "TEXT"


def _is_whole(table: Figure, at: int) -> bool:
    values = [row[at] for row in table.rows if row[at] is not None]
    return bool(values) and all(isinstance(value, int) for value in values)


def _parquet(table: Figure) -> bytes:
    import pyarrow
    import pyarrow.parquet

    columns = {
        name: pyarrow.array(
            [row[at] for row in table.rows], pyarrow.int64() if _is_whole(table, at) else pyarrow.string()
        )
        for at, name in enumerate(table.columns)
    }
    out = io.BytesIO()
    pyarrow.parquet.write_table(pyarrow.table(columns), out, compression="zstd")
    return out.getvalue()


# --- what describes them --------------------------------------------------------------------------------------------


def _package(record: Record, tables: Sequence[Figure], files: Files) -> dict[str, Any]:
    """Source: Frictionless Data Package, Data Resource and Table Schema, version 1."""
    resources = []
    for table in tables:
        path = files.named[f"{table.name}.csv"]
        fields = [
            {"name": name, "type": "integer" if _is_whole(table, at) else "string"}
            for at, name in enumerate(table.columns)
        ]
        resources.append({
            "name": table.name, "path": path, "profile": "tabular-data-resource", "format": "csv",
            "mediatype": "text/csv", "encoding": "utf-8-sig", "bytes": len(files.data[path]),
            "hash": f"sha256:{hashlib.sha256(files.data[path]).hexdigest()}",
            "schema": {"fields": fields, "missingValues": [""]},
        })  # fmt: skip
    return {
        "profile": "tabular-data-package", "name": "repatria-public-record", "title": "The public record of exchanges",
        "description": _ABOUT, "version": record.edition, "id": record.hash,
        "licenses": [{"name": "Apache-2.0", "path": "https://www.apache.org/licenses/LICENSE-2.0"}],
        "sources": [
            {"title": name, "path": where} if where.startswith("http") else {"title": f"{name}: {where}"}
            for name, where in sorted(record.chronology.sources.items())
        ],
        "resources": resources,
    }  # fmt: skip


def _dataset(record: Record, listed: Mapping[str, bytes]) -> dict[str, Any]:
    """Source: schema.org/Dataset and DataDownload."""
    days = [each.date for each in record.chronology.exchanges]
    found: dict[str, Any] = {
        "@context": "https://schema.org/", "@type": "Dataset", "name": "The public record of exchanges",
        "description": _ABOUT, "version": record.edition, "identifier": record.hash, "isAccessibleForFree": True,
        "license": "https://www.apache.org/licenses/LICENSE-2.0", "inLanguage": ["en", "uk", "ru", "tr", "ar"],
        "creator": {"@type": "Organization", "name": f"Repatria {record.version}"},
        "variableMeasured": ["people who came home living", "dead whose remains came home", "exchanges"],
        "distribution": [
            {
                "@type": "DataDownload", "name": name, "contentUrl": name, "contentSize": str(len(data)),
                "encodingFormat": content_type(name).partition(";")[0], "sha256": hashlib.sha256(data).hexdigest(),
            }
            for name, data in sorted(listed.items())
        ],
    }  # fmt: skip
    if days:
        found["temporalCoverage"] = f"{min(days)}/{max(days)}"
    return found


def _json(said: Mapping[str, Any]) -> bytes:
    return (json.dumps(said, indent=1, ensure_ascii=False) + "\n").encode()
