// Measures the ledger: appending, delivering again, reading, verifying; one block of lines a size. With `spans`, how it
// grows with live traffic instead.
//
// usage: bench-ledger [spans] [ROWS…] [postgres://…]
//
// `bench-ledger traffic` prints the question whose plan is shown. 1,000,000 rows when left out; `bench-ledger 10000 100000 1000000` shows growth. With an address, one size is measured
// there, in a schema that holds nothing yet (`?options=-csearch_path%3Dname`), which keeps what was written.

import Glibc
import Records
import StorePostgres

if CommandLine.arguments.contains("traffic") {
  print(SpanScale.traffic)
  exit(0)
}
let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let address = CommandLine.arguments.compactMap { PostgresAddress($0) }.first
for rows in sizes.isEmpty ? [1_000_000] : sizes {
  if CommandLine.arguments.contains("spans") {
    try await SpanScale(spans: rows, address: address).run()
  } else {
    try await LedgerBenchmark(rows: rows, address: address).run()
  }
}
