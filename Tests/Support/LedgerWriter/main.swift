// Appends to a ledger beside other processes; prints the number of each commit.
//
// usage: ledger-writer LEDGER NAME COMMITS ROWS    (LEDGER: a file, or postgres://…)

import Glibc
import Records
import Store
import StorePostgres
import StoreSQLite

let arguments = CommandLine.arguments
guard arguments.count == 5, let commits = Int(arguments[3]), let rows = Int(arguments[4]) else {
  print("usage: ledger-writer LEDGER NAME COMMITS ROWS")
  exit(64)
}
let engine: any LedgerEngine =
  if let address = PostgresAddress(arguments[1]) {
    try PostgresEngine(address)
  } else {
    try SQLiteEngine(path: arguments[1])
  }
let ledger = try await Ledger(engine: engine) {
  Instant(nanoseconds: 1_700_000_000_000_000_000)
}
for commit in 0..<commits {
  let receipt = try await ledger.append(source: arguments[2]) { appender in
    for row in 0..<rows {
      var trial = TrialRecord(
        suite: "shared", item: "\(arguments[2])-\(commit)-\(row)", variant: "v", at: Instant(nanoseconds: 0))
      trial.passed = true
      try appender.append(trial)
    }
    // Everybody writes this one.
    var trial = TrialRecord(suite: "shared", item: "contested", variant: "v", at: Instant(nanoseconds: 0))
    trial.predicted = "\(arguments[2])-\(commit)"
    try appender.append(trial)
  }
  print(receipt.commit ?? 0)
  fflush(nil)
}
try ledger.close()
