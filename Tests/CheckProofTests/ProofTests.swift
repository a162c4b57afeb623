import CheckProof
import Checks
import Records
import Simulation
import Statistics
import Testing

@Suite struct ProofTests {
  private static let checks = Catalogue.checks.map { $0.id }

  @Test func everyCheckHasFailuresToFind() {
    #expect(Set(PlantedFailure.allCases.map(\.check)) == Set(Self.checks))
  }

  @Test func howManyRunAtOnceDoesNotShow() async throws {
    let cells = [ProofCell.planted(.worseRelease)]
    let one = try await ProofRun(cells, checks: Self.checks, worlds: 3, seed: 4, concurrently: 1)
    let three = try await ProofRun(cells, checks: Self.checks, worlds: 3, seed: 4, concurrently: 3)
    #expect(ProofReport(one).markdown == ProofReport(three).markdown)
  }

  /// Of a company that has something for each check: findings do not depend on how many threads look at its ledger, to the digest of
  /// what they rest on.
  @Test func howManyThreadsJudgeDoesNotShow() async throws {
    let ledger = try await WorldLedger(World(seed: 5, plan: Plan(parts: Part.allCases)))
    let alone = try await ledger.findings(of: nil)
    #expect(alone.count >= Self.checks.count)
    for _ in 0..<3 { #expect(try await ledger.look(nil, together: true) == alone) }
  }

  /// In ten worlds a check whose power is 0.9 misses a failure more than four times once in six hundred.
  @Test(arguments: ProofCell.all(checks: checks))
  func fewWorldsSayWhatManySay(cell: ProofCell) async throws {
    let run = try await ProofRun([cell], checks: Self.checks, worlds: 10, seed: 1, concurrently: 2)
    let result = try #require(run.results.first)
    switch cell {
    case .planted(let failure): #expect((result.found[failure.check] ?? 0) >= 6, "\(failure)")
    case .clean:
      for check in Self.checks {
        #expect((result.failed[check] ?? 0) <= 3, "\(check) \(result.codes[check] ?? [:])")
        #expect(result.interval(result.failed[check] ?? 0).low <= ProofRun.statedError)
      }
    }
  }
}
