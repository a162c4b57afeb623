import ArgumentParser
import Calibration
import Foundation

/// `make calibrate`: simulates worlds with a known truth and prints what the default methods did in them.
@main
struct Calibrate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Coverage, type I error and power of the default methods, as Markdown on standard output.")

  @Option(help: "Seeds every world.")
  var seed: UInt64 = 20_261_121

  @Option(help: "How many rows are simulated at a time.")
  var jobs = ProcessInfo.processInfo.activeProcessorCount

  @Option(help: "Names the code in the report, such as a commit.")
  var code = "unnamed"

  @Option(help: "Only designs whose title contains this.")
  var only: String?

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("--jobs is at least 1.") }
  }

  func run() async throws {
    let designs = Catalogue.designs.filter { design in
      only.map { design.title.localizedCaseInsensitiveContains($0) } ?? true
    }
    guard !designs.isEmpty else { throw ValidationError("No design has “\(only ?? "")” in its title.") }
    let start = Date()
    let run = await CalibrationRun(
      designs, seed: seed, concurrently: jobs,
      progress: { design, done, all in
        let seconds = Int(-start.timeIntervalSinceNow)
        FileHandle.standardError.write(Data("\(done)/\(all) rows, \(seconds) s: \(design)\n".utf8))
      })
    print(CalibrationReport(run, version: code).markdown, terminator: "")
  }
}
