import Records
import Store
import StorePostgres
import Testing

/// Addresses of servers, and what is never shown of them.
@Suite struct PostgresAddressTests {
  static let addresses = [
    ("postgres://host/db", "postgres://host/db"),
    ("PostgreSQL://ada@host:5433/db?sslmode=verify-full", "postgres://ada@host:5433/db?sslmode=verify-full"),
    ("postgres://ada:hush@host/db", "postgres://ada@host/db"),
    ("postgres://ada:hu%73h@one:1,two:2/db?sslmode=require", "postgres://ada@one:1,two:2/db?sslmode=require"),
    ("postgres://ada:hu:s/h?x@y@host/db", "postgres://ada@host/db"),
    ("postgres://host/db?password=hush&user=ada", "postgres://host/db?user=ada"),
    ("postgres://host/db?sslpassword=hush&sslkey=k", "postgres://host/db"),
    (
      "postgres://host/db?options=-csearch_path%3Dteam", "postgres://host/db?options=-csearch_path%3Dteam"
    ),
    ("postgres://host/db?options=-csearch_path%3Dteam%20-cmy.secret%3Dhush", "postgres://host/db"),
  ]

  @Test(arguments: addresses)
  func showsNoPassword(_ url: String, _ shown: String) throws {
    #expect(try #require(PostgresAddress(url)).location == shown)
  }

  @Test(arguments: ["", "ledger.db", "/a/b", "https://host", "postgres:", "my-postgres://host"])
  func whatIsNoAddressIsNone(_ text: String) {
    #expect(PostgresAddress(text) == nil)
  }

  /// Whatever libpq makes of an address that is wrong, no piece of the password is in what is said.
  @Test(arguments: [
    "postgres://ada:hush@127.0.0.1:1/db", "postgres://ada:hu/sh@127.0.0.1:1/db",
    "postgres://ada:hush:hush@127.0.0.1/db",
    "postgres://ada:%hush@127.0.0.1/db", "postgres://ada:hu sh@127.0.0.1:1/db",
    "postgres://127.0.0.1:1/db?password=hush&sslmode=require", "postgres://127.0.0.1:1/db?pasword=hush",
  ])
  func errorsShowNoPassword(_ url: String) async throws {
    let engine = try PostgresEngine(#require(PostgresAddress(url)))
    do {
      _ = try await engine.read { _ in 0 }
      Issue.record("\(url) is reached")
    } catch let error as LedgerError {
      #expect(error.cause == .unreadable)
      #expect(!"\(error)".contains("hush"), "\(error)")
    }
    try engine.close()
  }
}
