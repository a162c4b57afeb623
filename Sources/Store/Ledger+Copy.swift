internal import Records

extension Ledger {
  public func copy(to place: String, force: Bool = false) async throws -> LedgerStatus {
    let location = location
    return try await engine.copy(to: place) { there, here in
      try Ledger.refuseToLose(there, at: place, for: here, of: location, force: force)
    } result: { there, here in
      guard try ChainHead.load(there) == ChainHead.load(here) else {
        throw LedgerError(
          .damaged, location: place, problem: "the copy is not what was copied", remedy: "Check the disk, and repeat")
      }
      return try LedgerStatus(there)
    }
  }

  /// Throws unless everything that is there is here too.
  private static func refuseToLose(
    _ there: any EngineReader, at place: String, for here: any EngineReader, of location: String, force: Bool
  ) throws {
    guard try there.integer("SELECT COUNT(*) FROM sqlite_master") != 0 else { return }
    guard try version(there) > 0 else {
      throw LedgerError(
        .refused, location: place, problem: "another program's database lies here", remedy: "Name another place")
    }
    let head = try ChainHead.load(there)
    guard !force, head.seq > 0 else { return }
    let ours = try here.first(
      Query(Statement("SELECT head FROM ledger_commit WHERE seq = ?1", [.integer(head.seq)], columns: [.blob])) {
        $0.blob(0, $1)
      })
    guard ours == head.head.bytes else {
      throw LedgerError(
        .refused, location: place, problem: "the ledger here holds commits that \(location) does not have",
        remedy: "Copy it away first; --force overwrites it for good")
    }
  }
}
