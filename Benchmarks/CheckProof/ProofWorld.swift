internal import Checks
import Records
internal import Simulation

/// Simulates one world of a cell and asks the checks.
public enum ProofWorld {
  /// Days after which somebody looks for a win in `luckyLooks`: every other one.
  static let lookingDays = Set(stride(from: 66, through: 84, by: 2))

  /// A world that could not be judged, by what makes it again.
  public struct Failure: Error, CustomStringConvertible {
    let cell: ProofCell
    let seed: UInt64
    let problem: String

    public var description: String { "in the world '\(cell.name)' of seed \(seed): \(problem)" }
  }

  /// - Throws: `Failure`.
  public static func outcome(_ cell: ProofCell, seed: UInt64) async throws -> ProofOutcome {
    do {
      return try await judged(cell, seed: seed)
    } catch {
      throw Failure(cell: cell, seed: seed, problem: "\(error)")
    }
  }

  private static func judged(_ cell: ProofCell, seed: UInt64) async throws -> ProofOutcome {
    let ledger = try await WorldLedger(World(seed: seed, plan: cell.plan))
    switch cell {
    case .clean: return outcome(try await ledger.findings(of: nil))
    case .planted(.luckyLooks):
      let check = PlantedFailure.luckyLooks.check
      let looks = try await ledger.looks(of: check, after: lookingDays)
      var outcome = outcome(looks.flatMap { $0 })
      if !looks.isEmpty, !looks.joined().contains(where: { $0.verdict == .pass }) { outcome.found = [check] }
      return outcome
    case .planted(let failure):
      let findings = try await ledger.findings(of: [failure.check])
      var outcome = outcome(findings)
      let codes = findings.flatMap { $0.reasons.filter { $0.verdict != .pass }.map(\.code) }
      if codes.contains(where: failure.codes.contains) { outcome.found = [failure.check] }
      return outcome
    }
  }

  private static func outcome(_ findings: [Finding]) -> ProofOutcome {
    var outcome = ProofOutcome()
    for check in Set(findings.map(\.check)) {
      let own = findings.filter { $0.check == check }
      func codes(_ verdict: Finding.Verdict) -> Set<String>? {
        let such = own.filter { $0.verdict == verdict }
        return such.isEmpty ? nil : Set(such.flatMap { $0.reasons.filter { $0.verdict == verdict }.map(\.code) })
      }
      outcome.failed[check] = codes(.fail)
      outcome.undecided[check] = codes(.unknown)
      if own.allSatisfy({ $0.verdict == .pass || $0.verdict == .warn }) { outcome.passed.insert(check) }
    }
    return outcome
  }
}
