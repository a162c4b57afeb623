internal import Gateway
internal import ServiceLifecycle

/// Follows what people say in the ledger, as long as the server runs.
struct LedgerFollower: Service {
  let watches: [LedgerWatch]
  private let ending = Ending()

  init(_ watches: [LedgerWatch]) {
    self.watches = watches
  }

  func run() async throws {
    await ending.during {
      while !ending.hasBegun {
        // A ledger that does not answer must not hold up the end.
        for watch in watches { Task { await watch.refresh() } }
        await ending.wait(atMost: LedgerWatch.interval)
      }
    }
  }
}
