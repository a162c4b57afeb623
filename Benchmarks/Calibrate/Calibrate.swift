import ArgumentParser
import Calibration
import CheckProof
import Checks
import Foundation

/// `make calibrate`: simulates worlds with a known truth and prints what the default methods and the checks did in them.
@main
struct Calibrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Errors and power of the default methods and of the checks, as Markdown on standard output.")

  @Option(help: "Seeds every world.")
  var seed: UInt64 = 20_261_121

  @Option(help: "How many rows are simulated at a time.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Names the code in the report, such as a commit.")
  var code = "unnamed"

  @Option(help: "Only designs whose title contains this, and no checks.")
  var only: String?

  @Flag(help: "Only the checks, in simulated companies.")
  var checks = false

  @Option(help: "With --checks: only cells whose name contains this.")
  var cell: String?

  @Option(help: "How many worlds the checks see with each failure, and without.")
  var worlds = 200

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs is at least 1.") }
    guard worlds >= 1 else { throw ValidationError("--worlds is at least 1.") }
  }

  func run() async throws {
    if !checks { try await calibrateMethods() }
    if only == nil { try await proveChecks() }
  }

  private func calibrateMethods() async throws {
    let designs = Calibration.Catalogue.designs.filter { design in
      only.map { design.title.localizedCaseInsensitiveContains($0) } ?? true
    }
    guard !designs.isEmpty else { throw ValidationError("No design has “\(only ?? "")” in its title.") }
    let start = Date()
    let run = await CalibrationRun(
      designs, seed: seed, concurrently: jobs,
      progress: { design, done, all in tell("\(done)/\(all) rows", since: start, design) })
    print(CalibrationReport(run, version: code).markdown, terminator: checks || only != nil ? "" : "\n")
  }

  private func proveChecks() async throws {
    let ids = Checks.Catalogue.checks.map { $0.id }
    let cells = ProofCell.all(checks: ids).filter { one in
      cell.map { one.name.localizedCaseInsensitiveContains($0) } ?? true
    }
    let start = Date()
    let run = try await ProofRun(
      cells, checks: ids, worlds: worlds, seed: seed, concurrently: jobs,
      progress: { cell, done, all in tell("\(done)/\(all) kinds of world", since: start, cell.name) })
    print(ProofReport(run).markdown, terminator: "")
  }

  private func tell(_ progress: String, since start: Date, _ what: String) {
    FileHandle.standardError.write(Data("\(progress), \(Int(-start.timeIntervalSinceNow)) s: \(what)\n".utf8))
  }
}
