"""The writer's database copied whole: into a fresh file, compared with it. Nothing that was deleted goes along."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from store.faults import storage_faults
from store.paths import FILE_MODE
from store.remains import sync
from store.writer import Writer
from taxonomy.errors import StoreError

_COLUMNS = """
SELECT table_name, column_name, data_type, is_nullable FROM duckdb_columns() WHERE database_name = $name AND NOT internal
ORDER BY table_name, column_index
"""
_CONSTRAINTS = "SELECT table_name, constraint_type, constraint_text FROM duckdb_constraints() WHERE database_name = $name ORDER BY ALL"


class Copyist(Writer):
    """A writer that copies its database."""

    def copy_database(self, place: Path) -> None:
        """Copy the database into a file that is not there yet, synced and for its owner alone; where that fails there is none.

        Raises:
            StoreError: the copy is not the same, or the disk does not take it.
        """
        log = place.with_name(f"{place.name}.wal")
        with storage_faults(place):
            self._con.execute("FORCE CHECKPOINT")
            ((name,),) = self._rows("SELECT current_database()")
            quoted = str(name).replace('"', '""')
            try:
                with self._attached(place, ""):
                    self._con.execute(f'COPY FROM DATABASE "{quoted}" TO snapshot')
                    if self._shape(str(name)) != self._shape("snapshot"):
                        raise StoreError(
                            f"{place}: is not the same as {self.paths.work}, of which it is the copy; it was removed. Try again"
                        )
            except BaseException:
                for leftover in (place, log):
                    leftover.unlink(missing_ok=True)
                raise
            place.chmod(FILE_MODE)
            sync(place)

    def _shape(self, database: str) -> tuple[list[tuple[Any, ...]], dict[str, int]]:
        """Return the columns and constraints of a database, and how many rows each of its tables has."""
        columns, constraints = (self._rows(query, {"name": database}) for query in (_COLUMNS, _CONSTRAINTS))
        quoted = database.replace('"', '""')
        return columns + constraints, self._counts({table: f'"{quoted}".main.{table}' for table in sorted({row[0] for row in columns})})
