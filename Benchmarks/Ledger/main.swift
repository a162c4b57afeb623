// Measures the ledger: appending, delivering again, reading, verifying; one block of lines a size.
//
// usage: bench-ledger [ROWS…]    (1,000,000 when left out; `bench-ledger 10000 100000 1000000` shows growth)

import Glibc
import Records
import Store
import StoreSQLite

let sizes = CommandLine.arguments.dropFirst().compactMap { Int($0) }
for rows in sizes.isEmpty ? [1_000_000] : sizes {
  try await LedgerBenchmark(rows: rows).run()
}
