internal import Gateway
internal import ServiceLifecycle

/// Follows what people say of breakers, as long as the server runs.
struct BreakerFollower: Service {
  let holds: BreakerHolds
  private let ending = Ending()

  init(_ holds: BreakerHolds) {
    self.holds = holds
  }

  func run() async throws {
    await withGracefulShutdownHandler {
      while !ending.hasBegun {
        // A ledger that does not answer must not hold up the end.
        Task { await holds.refresh() }
        await ending.wait(atMost: BreakerHolds.interval)
      }
    } onGracefulShutdown: {
      ending.begin(grace: .zero)
    }
  }
}
