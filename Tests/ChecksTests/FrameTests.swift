import Checks
import Records
import Testing

@Suite struct FrameTests {
  @Test func nothingDeclaredIsNotApplicable() async throws {
    let bench = try await CheckBench("ledger: x.db\n")
    let run = try await bench.run()
    #expect(run.findings.isEmpty)
    #expect(run.notApplicable == Catalogue.checks.map { $0.id })
  }
}
