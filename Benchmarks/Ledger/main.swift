// Measures the ledger: appending, delivering again, reading, verifying; one block of lines a size. With `spans`, how it
// grows with live traffic instead; with `windows`, how long the checks of live traffic take then.
//
// usage: bench-ledger [spans | windows] [ROWS…] [postgres://…]
//
// 1,000,000 rows when left out; `bench-ledger 10000 100000 1000000` shows growth. With an address, one size is measured
// there, in a schema that holds nothing yet (`?options=-csearch_path%3Dname`), which keeps what was written.
// `bench-ledger traffic` prints the question whose plan is shown.

import Glibc
import Records
import StorePostgres

if CommandLine.arguments.contains("traffic") {
  print(SpanScale.trafficQuestion)
  exit(0)
}
let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let address = CommandLine.arguments.compactMap { PostgresAddress($0) }.first
if CommandLine.arguments.contains("windows") {
  try await WindowScale().run(sizes.isEmpty ? [100_000, 1_000_000, 10_000_000] : sizes)
  exit(0)
}
for rows in sizes.isEmpty ? [1_000_000] : sizes {
  if CommandLine.arguments.contains("spans") {
    try await SpanScale(spans: rows, address: address).run()
  } else {
    try await LedgerBenchmark(rows: rows, address: address).run()
  }
}
