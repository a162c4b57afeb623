public import Records
public import Store
internal import Synchronization

/// Decides who may do what on a server.
///
/// A server that only its own machine reaches, on a ledger in which no key was ever made, asks for none. Every other one
/// does; also one whose keys are all revoked, or revoking the last would open it to all.
public final class AccessControl: Sendable {
  /// What a route asks of who calls it.
  public struct Demand: Sendable, Equatable {
    /// Nil: any key will do.
    let scope: AccessScope?
    /// Whether the route itself heeds the tenant of a key. A key that is bound to a tenant opens no other route.
    let heedsTenant: Bool

    public init(_ scope: AccessScope?, heedsTenant: Bool = false) {
      self.scope = scope
      self.heedsTenant = heedsTenant
    }
  }

  /// Why a request was not let in, or why nobody can tell whether it may.
  public struct Refusal: Error {
    /// What anybody would be answered.
    public let answer: Answer
    /// What is wrong and what to do.
    public let message: String
  }

  private struct State {
    var failures: [AccessDenial.Reason: Int] = [:]
    /// The hours of use that were written, or are being written.
    var noted: [String: Instant] = [:]
    var writing: [Int: Task<Void, Never>] = [:]
    var nextWriting = 0
  }

  private let ledger: any LedgerAccess
  private let alwaysAsks: Bool
  private let clock: @Sendable () -> Instant
  private let ring: KeyRing
  private let state = Mutex(State())

  /// - Parameters:
  ///   - alwaysAsks: also while there is no key; false for a server that only its own machine reaches.
  ///   - clock: tells when keys end.
  public init(_ ledger: any LedgerAccess, alwaysAsks: Bool, clock: @escaping @Sendable () -> Instant) {
    self.ledger = ledger
    self.alwaysAsks = alwaysAsks
    self.clock = clock
    ring = KeyRing(clock: clock) { try await ledger.keys() }
  }

  /// How often nobody was let in, by why not.
  public var failures: [AccessDenial.Reason: Int] { state.withLock(\.failures) }

  /// Whether requests must show a key now.
  public func asksForKeys() async throws -> Bool {
    if alwaysAsks { return true }
    return try await !ring.keys().isEmpty
  }

  /// Lets a request in, or says why not.
  /// - Parameters:
  ///   - authorization: the header of that name.
  ///   - apiKey: the header `x-api-key`.
  /// - Throws: `AccessDenial`, or what kept the keys from being read.
  public func admit(authorization: String?, apiKey: String?, to demand: Demand) async throws -> Principal {
    let keys = try await ring.keys()
    guard alwaysAsks || !keys.isEmpty else { return .anybody }
    do {
      let key = try AccessControl.key(authorization, apiKey, of: keys, at: clock())
      note(key)
      if let scope = demand.scope, !key.allows(scope) { throw AccessDenial.scope(scope, of: key) }
      if let tenant = key.tenant, !demand.heedsTenant { throw AccessDenial.tenant(tenant, of: key) }
      return Principal(key: key)
    } catch let denial as AccessDenial {
      state.withLock { $0.failures[denial.reason, default: 0] += 1 }
      throw denial
    }
  }

  /// The same, with all that keeps a request out as what it is answered.
  public func enter(authorization: String?, apiKey: String?, to demand: Demand) async -> Result<Principal, Refusal> {
    do {
      return .success(try await admit(authorization: authorization, apiKey: apiKey, to: demand))
    } catch let denial as AccessDenial {
      return .failure(Refusal(answer: denial.answer, message: denial.message))
    } catch let error as LedgerError {
      return .failure(Refusal(answer: Answer(error), message: "\(error.problem). \(error.remedy)"))
    } catch {
      return .failure(
        Refusal(answer: Answer(status: 500, code: "FAILED", message: "\(error)"), message: "\(error)"))
    }
  }

  /// The key is looked up by the digest of what was shown. How long that takes may tell something of digests, and nobody
  /// finds a token that has a wanted one: the token itself is compared with nothing.
  private static func key(
    _ authorization: String?, _ apiKey: String?, of keys: [SHA256Digest: AccessKey], at now: Instant
  ) throws -> AccessKey {
    guard let shown = try Credentials.read(authorization: authorization, apiKey: apiKey) else {
      throw AccessDenial(.missing)
    }
    guard let key = keys[shown.digest] else { throw AccessDenial(.unknown) }
    if let user = shown.user, user != key.name { throw AccessDenial(.mismatch) }
    switch key.state(at: now) {
    case .active: return key
    case .expired: throw AccessDenial.expired(key, key.expiresAt ?? now)
    case .revoked: throw AccessDenial.revoked(key, key.revokedAt ?? now)
    }
  }

  // MARK: When a key was last used

  /// Writes the hour of use, once an hour and beside the request.
  private func note(_ key: AccessKey) {
    guard let hour = clock().hour, key.usedAt.map({ $0 < hour }) ?? true else { return }
    state.withLock { state in
      guard state.noted[key.name] != hour else { return }
      state.noted[key.name] = hour
      let number = state.nextWriting
      state.nextWriting += 1
      state.writing[number] = Task { [self] in
        // It is only for people who look for keys that nobody needs: when it cannot be written, the next hour's is.
        try? await ledger.noteUse(of: key.name, at: hour)
        self.state.withLock { $0.writing[number] = nil }
      }
    }
  }

  /// Returns when no use is being written any more.
  public func settle() async {
    for task in state.withLock({ Array($0.writing.values) }) { await task.value }
  }
}

extension Instant {
  /// The beginning of its hour; nil where the clock's range begins.
  fileprivate var hour: Instant? {
    let hour: Int64 = 3_600_000_000_000
    let (past, isTooEarly) = nanoseconds.subtractingReportingOverflow(((nanoseconds % hour) + hour) % hour)
    return isTooEarly ? nil : Instant(nanoseconds: past)
  }
}
