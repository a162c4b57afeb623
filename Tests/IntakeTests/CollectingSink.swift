import Records
import Testing

@testable import Intake

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// An owned copy of a row.
struct CollectedRow: Equatable {
  var suite: String?
  var item: String
  var variant: String?
  var repetition: String?
  var prediction: String?
  var judgeRepeat: String?
  var score: Double?
  var cluster: String?
  var slices: [String?] = []
  var cost: Double?
  var tokens: Double?
  var configuration: String?
  var suiteVersion: String?
}

/// Keeps every row.
struct CollectingSink: TrialSink {
  var rows: [CollectedRow] = []

  mutating func receive(_ row: borrowing TrialRow) throws {
    rows.append(
      CollectedRow(
        suite: row.suite?.string, item: row.item.string, variant: row.variant?.string,
        repetition: row.repetition?.string, prediction: row.prediction?.string, judgeRepeat: row.judgeRepeat?.string,
        score: row.score, cluster: row.cluster?.string, slices: row.slices.map { $0?.string }, cost: row.cost,
        tokens: row.tokens, configuration: row.configuration?.string,
        suiteVersion: row.suiteVersion?.string))
  }
}

/// What reading gave.
struct Reading {
  var rows: [CollectedRow]
  var summary: IntakeSummary

  var items: [String] { rows.map(\.item) }
  var scores: [Double?] { rows.map(\.score) }
}

/// A directory that is removed when the test ends.
final class TemporaryDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/tally-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw IntakeError(file: "/tmp", problem: "no temporary directory") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func write(_ bytes: [UInt8], to name: String) throws -> String {
    let file = path + "/" + name
    let stream = try #require(fopen(file, "w"))
    defer { fclose(stream) }
    #expect(fwrite(bytes, 1, bytes.count, stream) == bytes.count)
    return file
  }

  func makeDirectory(_ name: String) {
    #expect(mkdir(path + "/" + name, 0o755) == 0)
  }

  deinit {
    TemporaryDirectory.remove(path)
  }

  private static func remove(_ path: String) {
    if InputFiles.isDirectory(path), let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
          String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(stream)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

func collect(_ paths: [String], _ options: IntakeOptions = IntakeOptions()) throws -> Reading {
  var sink = CollectingSink()
  let summary = try Intake.read(paths, options: options, into: &sink)
  return Reading(rows: sink.rows, summary: summary)
}

/// Reads a text as a file called `input`.
func collect(_ text: String, _ configure: (inout IntakeOptions) -> Void = { _ in }) throws -> Reading {
  try collect(bytes: Array(text.utf8), configure)
}

func collect(bytes: [UInt8], _ configure: (inout IntakeOptions) -> Void = { _ in }) throws -> Reading {
  let directory = try TemporaryDirectory()
  var options = IntakeOptions()
  configure(&options)
  return try collect([try directory.write(bytes, to: "input")], options)
}

/// The error of reading a text, its file shown as `input`.
func fault(_ text: String, _ configure: (inout IntakeOptions) -> Void = { _ in }) -> String? {
  fault(bytes: Array(text.utf8), configure)
}

func fault(bytes: [UInt8], _ configure: (inout IntakeOptions) -> Void = { _ in }) -> String? {
  do {
    _ = try collect(bytes: bytes, configure)
    return nil
  } catch let error as IntakeError {
    let place = error.description
    return place.firstRange(of: "/input").map { "input" + place[$0.upperBound...] } ?? place
  } catch {
    Issue.record(error)
    return nil
  }
}

/// Folder of the shared data sets beside the package; tests of real data run only where it is.
let sharedData: String = {
  let package = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
  return "/" + package + "/../shared/data"
}()

let hasSharedData = InputFiles.isDirectory(sharedData)
