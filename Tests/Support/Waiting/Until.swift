/// Waits until something holds that somebody else brings about. No test is about how long that takes, and on a machine with much
/// else to do it may be minutes.
/// - Throws: `Late` where it does not come about.
public func until(_ what: String, _ holds: () async throws -> Bool) async throws {
  // 300 s at least.
  for _ in 0..<30_000 {
    if try await holds() { return }
    try await Task.sleep(for: .milliseconds(10))
  }
  throw Late(what: what)
}

/// What did not come about.
public struct Late: Error {
  public let what: String
}
