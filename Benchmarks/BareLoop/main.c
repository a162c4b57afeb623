// What the disk and SQLite alone allow: reads every row of a ledger into memory, and times a bare C loop that inserts the
// same rows into the same tables with the same indexes and the same durability. Nothing is decoded, hashed or checked.
//
// usage: bench-bare-loop LEDGER NEW TRANSACTIONS     prints {"seconds": …, "rows": …}

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

typedef struct {
  char name[128];
  int columns;
  long rows;
  sqlite3_value **values;
  sqlite3_stmt *insert;
} Table;

static void check(int code, sqlite3 *db, const char *what) {
  if (code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW) return;
  fprintf(stderr, "bench-bare-loop: %s: %s\n", what, sqlite3_errmsg(db));
  exit(1);
}

static sqlite3_stmt *prepared(sqlite3 *db, const char *sql) {
  sqlite3_stmt *statement;
  check(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), db, sql);
  return statement;
}

static void run(sqlite3 *db, const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), db, sql); }

// Copies of all rows of a table, in its order.
static void load(sqlite3 *from, Table *table) {
  char sql[256];
  snprintf(sql, sizeof sql, "SELECT * FROM \"%s\"", table->name);
  sqlite3_stmt *rows = prepared(from, sql);
  table->columns = sqlite3_column_count(rows);
  long capacity = 1024;
  table->values = malloc(sizeof(sqlite3_value *) * capacity * table->columns);
  while (sqlite3_step(rows) == SQLITE_ROW) {
    if (table->rows == capacity) {
      capacity *= 2;
      table->values = realloc(table->values, sizeof(sqlite3_value *) * capacity * table->columns);
    }
    for (int column = 0; column < table->columns; column++)
      table->values[table->rows * table->columns + column] = sqlite3_value_dup(sqlite3_column_value(rows, column));
    table->rows++;
  }
  check(sqlite3_finalize(rows), from, sql);
}

static void prepare(sqlite3 *into, Table *table) {
  char sql[1024];
  int length = snprintf(sql, sizeof sql, "INSERT INTO \"%s\" VALUES(?", table->name);
  for (int column = 1; column < table->columns; column++) length += snprintf(sql + length, sizeof sql - length, ",?");
  snprintf(sql + length, sizeof sql - length, ")");
  table->insert = prepared(into, sql);
}

int main(int count, char **arguments) {
  if (count != 4) {
    fprintf(stderr, "usage: bench-bare-loop LEDGER NEW TRANSACTIONS\n");
    return 64;
  }
  sqlite3 *from, *into;
  check(sqlite3_open_v2(arguments[1], &from, SQLITE_OPEN_READONLY, NULL), from, arguments[1]);
  check(sqlite3_open(arguments[2], &into), into, arguments[2]);
  long transactions = atol(arguments[3]);

  sqlite3_stmt *size = prepared(from, "PRAGMA page_size");
  sqlite3_step(size);
  char pragma[64];
  snprintf(pragma, sizeof pragma, "PRAGMA page_size=%d", sqlite3_column_int(size, 0));
  run(into, pragma);
  sqlite3_finalize(size);
  run(into, "PRAGMA journal_mode=WAL");
  run(into, "PRAGMA synchronous=FULL");

  Table tables[64] = {0};
  int number = 0;
  sqlite3_stmt *schema = prepared(
      from, "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY type DESC");
  while (sqlite3_step(schema) == SQLITE_ROW) {
    run(into, (const char *)sqlite3_column_text(schema, 2));
    if (strcmp((const char *)sqlite3_column_text(schema, 0), "table") != 0) continue;
    snprintf(tables[number].name, sizeof tables[number].name, "%s", (const char *)sqlite3_column_text(schema, 1));
    load(from, &tables[number++]);
  }
  sqlite3_finalize(schema);
  for (int table = 0; table < number; table++) prepare(into, &tables[table]);

  struct timespec start, end;
  clock_gettime(CLOCK_MONOTONIC, &start);
  long total = 0;
  for (long transaction = 0; transaction < transactions; transaction++) {
    run(into, "BEGIN IMMEDIATE");
    for (int place = 0; place < number; place++) {
      Table *table = &tables[place];
      long last = table->rows * (transaction + 1) / transactions;
      for (long row = table->rows * transaction / transactions; row < last; row++) {
        for (int column = 0; column < table->columns; column++)
          sqlite3_bind_value(table->insert, column + 1, table->values[row * table->columns + column]);
        check(sqlite3_step(table->insert), into, table->name);
        sqlite3_reset(table->insert);
        total++;
      }
    }
    run(into, "COMMIT");
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("{\"seconds\": %.6f, \"rows\": %ld}\n",
         (double)(end.tv_sec - start.tv_sec) + (double)(end.tv_nsec - start.tv_nsec) * 1e-9, total);
  for (int table = 0; table < number; table++) sqlite3_finalize(tables[table].insert);
  sqlite3_close(into);
  sqlite3_close(from);
  return 0;
}
