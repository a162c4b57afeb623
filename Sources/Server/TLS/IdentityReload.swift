internal import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// Reads a server's certificate anew on SIGHUP, as whoever renews certificates expects.
struct IdentityReload: Service {
  private let identity: ServerIdentity
  private let signals: UnixSignalsSequence
  private let logger: Logger

  /// From now on the signal no longer ends the process.
  init(_ identity: ServerIdentity, logger: Logger) async {
    self.identity = identity
    self.logger = logger
    signals = await UnixSignalsSequence(trapping: .sighup)
  }

  func run() async throws {
    for await _ in signals.cancelOnGracefulShutdown() {
      do {
        try identity.reload()
        logger.notice("the certificate was read again")
      } catch {
        logger.error("the certificate stays what it was: \(error)")
      }
    }
  }
}
