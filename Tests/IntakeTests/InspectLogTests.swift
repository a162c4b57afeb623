import Testing
import ZipWriting

@testable import Intake

private let fixtures = "/" + #filePath.split(separator: "/").dropLast().joined(separator: "/") + "/Fixtures/inspect/"

/// What Inspect itself read from the fixtures.
private struct Expected {
  var file: String
  var scorer: String
  var key: String
  var id: String
  var epoch: String
  var score: Double?
  var tokens: Double?
  var topic: String
  var level: String

  static func all() throws -> [Expected] {
    let source = try ByteSource(path: fixtures + "expected.csv")
    return String(decoding: source.bytes, as: UTF8.self).split(separator: "\n").dropFirst().map { line in
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      return Expected(
        file: fields[0], scorer: fields[1], key: fields[2], id: fields[3], epoch: fields[4], score: Double(fields[5]),
        tokens: Double(fields[6]), topic: fields[7], level: fields[8])
    }
  }
}

private func options(_ configure: (inout IntakeOptions) -> Void) -> IntakeOptions {
  var options = IntakeOptions()
  configure(&options)
  return options
}

@Suite("Inspect logs")
struct InspectLogTests {
  @Test(
    "every value is the one that Inspect reads",
    arguments: [
      ("several.eval", "includes", ""), ("several.eval", "partly", ""), ("several.eval", "rubric", "quality"),
      ("several.eval", "rubric", "tone"), ("single.eval", "includes", ""), ("single.json", "includes", ""),
      ("crashed.eval", "includes", ""),
    ])
  func values(file: String, scorer: String, key: String) throws {
    let reading = try collect(
      [fixtures + file],
      options {
        $0.scorer = scorer
        $0.metric = key.isEmpty ? nil : key
        $0.cluster = "topic"
        $0.slices = ["level"]
      })
    let expected = try Expected.all().filter { $0.file == file && $0.scorer == scorer && $0.key == key }
    let rows = reading.rows.sorted { ($0.item, $0.repetition ?? "") < ($1.item, $1.repetition ?? "") }
    #expect(!expected.isEmpty)
    #expect(rows.map(\.item) == expected.map(\.id))
    #expect(rows.map(\.repetition) == expected.map(\.epoch))
    #expect(rows.map(\.score) == expected.map(\.score))
    #expect(rows.map(\.tokens) == expected.map(\.tokens))
    #expect(rows.map(\.cluster) == expected.map(\.topic))
    #expect(rows.map(\.slices) == expected.map { [$0.level] })
    let task = file == "crashed.eval" ? "crashing" : String(file.prefix { $0 != "." })
    #expect(rows.allSatisfy { $0.variant == "mockllm/model" && $0.suite == task })
  }

  @Test("samples in chunks, their metadata apart from them")
  func chunked() throws {
    let whole = try collect([fixtures + "single.eval"], options { $0.cluster = "topic" })
    let chunked = try collect([fixtures + "chunked.eval"], options { $0.cluster = "topic" })
    #expect(whole.rows == chunked.rows)
  }

  @Test("a crashed run is read as far as it came, and said to be one")
  func crashed() throws {
    let reading = try collect([fixtures + "crashed.eval"])
    #expect(reading.items == ["item-0", "item-1"])
    #expect(reading.summary.warnings.count == 1)
    #expect(reading.summary.warnings[0].contains("crashed") && reading.summary.warnings[0].contains("2 of 6 samples"))
  }

  @Test("a log cut off behind its samples is salvaged")
  func cutOff() throws {
    let source = try ByteSource(path: fixtures + "several.eval")
    let bytes = Array(source.bytes)
    let summaries = try #require(bytes.firstRange(of: Array("summaries.json".utf8)))
    let reading = try collect(bytes: Array(bytes[..<summaries.lowerBound])) { $0.scorer = "includes" }
    #expect(reading.rows.count > 4)
    #expect(reading.summary.warnings.contains { $0.contains("never finished") })
    let whole = try collect([fixtures + "several.eval"], options { $0.scorer = "includes" })
    for row in reading.rows {
      let same = whole.rows.first { $0.item == row.item && $0.repetition == row.repetition }
      #expect(same?.score == row.score)
    }
  }

  @Test("metadata too long for a summary is read from the samples")
  func thinnedMetadata() throws {
    let reading = try collect(
      [fixtures + "several.eval"],
      options {
        $0.scorer = "includes"
        $0.cluster = "long"
      })
    let clusters = Set(reading.rows.map { $0.cluster ?? "" })
    #expect(clusters.count == 4)
  }

  @Test("the first declared scorer is taken, and the others are named")
  func guess() throws {
    let reading = try collect([fixtures + "several.eval"])
    #expect(
      reading.summary.guesses == [
        .init(role: "score", column: "includes", option: "--scorer", alternatives: ["rubric", "partly"])
      ])
    #expect(try collect([fixtures + "single.eval"]).summary.guesses.isEmpty)
    #expect(reading.rows.first?.suiteVersion == "task version 3")
  }

  @Test("names that the log does not have are answered with those it has")
  func unknownNames() {
    func problem(_ configure: (inout IntakeOptions) -> Void) -> String {
      do {
        _ = try collect([fixtures + "several.eval"], options(configure))
        return ""
      } catch { return "\(error)" }
    }
    #expect(problem { $0.scorer = "judge" }.contains("includes, rubric, partly"))
    #expect(problem { $0.scorer = "rubric" }.contains("Choose one with --metric: quality, tone"))
    #expect(
      problem {
        $0.scorer = "rubric"
        $0.metric = "style"
      }.contains("Keys of the log: quality, tone"))
    #expect(problem { $0.cluster = "subject" }.contains("topic, level, hard, long"))
    #expect(problem { $0.metric = "quality" }.contains("single value"))
    #expect(problem { $0.item = "id" }.contains("--item id names a column"))
  }

  @Test(
    "words that are scores",
    arguments: [("C", 1.0), ("I", 0), ("P", 0.5), ("N", 0), ("yes", 1), ("No", 0), ("TRUE", 1), ("0.25", 0.25)])
  func words(word: String, value: Double) throws {
    let reading = try collect(
      #"{"version":2,"status":"success","eval":{"task":"t","model":"m"},"samples":[{"id":1,"epoch":1,"scores":{"s":{"value":"\#(word)"}}}]}"#
    )
    #expect(reading.scores == [value])
    #expect(reading.summary.format == .inspectDocument)
  }

  @Test("a text without a value is an error, not a zero")
  func unknownWord() {
    let log =
      #"{"version":2,"status":"success","eval":{},"samples":[{"id":1,"epoch":1,"scores":{"s":{"value":"great"}}}]}"#
    #expect(fault(log)?.hasPrefix("input:1:95: the score of \"s\" is the text \"great\"") == true)
  }

  @Test("a sample that was run again counts once, with its last summary")
  func superseded() throws {
    var writer = ZipWriter()
    writer.add("_journal/start.json", #"{"eval":{"task":"t","model":"m"}}"#)
    writer.add("samples/1_epoch_1.json", #"{"id":1,"epoch":1,"scores":{"s":{"value":0}}}"#)
    writer.add("_journal/summaries/1.json", #"[{"id":1,"epoch":1,"error":"x","scores":{}}]"#)
    writer.add("_journal/summaries/10.json", #"[{"id":1,"epoch":1,"scores":{"s":{"value":1}}}]"#)
    writer.add("_journal/summaries/2.json", #"[{"id":1,"epoch":1,"scores":{"s":{"value":0}}}]"#)
    let reading = try collect(bytes: writer.finished())
    #expect(reading.scores == [1])
  }

  @Test("summaries that lack samples are passed over for the samples")
  func incompleteSummaries() throws {
    var writer = ZipWriter()
    writer.add("_journal/start.json", #"{"eval":{"task":"t","model":"m"}}"#)
    for id in 1...3 {
      writer.add("samples/\(id)_epoch_1.json", #"{"id":\#(id),"epoch":1,"scores":{"s":{"value":\#(id)}}}"#, .zstd)
    }
    writer.add("_journal/summaries/1.json", #"[{"id":1,"epoch":1,"scores":{"s":{"value":1}}}]"#)
    let reading = try collect(bytes: writer.finished())
    #expect(reading.scores == [1, 2, 3])
  }

  @Test("archives that are no logs, and hostile ones", arguments: ["../x.json", "notes.txt"])
  func notALog(name: String) {
    var writer = ZipWriter()
    writer.add(name, "{}")
    let message = fault(bytes: writer.finished()) ?? ""
    #expect(message.contains(name == "notes.txt" ? "no log of Inspect" : "unsafe name"))
  }

  @Test("a place inside an entry is named")
  func placeInEntry() {
    var writer = ZipWriter()
    writer.add("header.json", "{\"status\": \"success\",\n \"eval\": {\"task\" \"t\"}}")
    #expect(fault(bytes: writer.finished())?.hasPrefix("input:header.json:2:18: expected ':'") == true)
  }
}

@Suite("Real Inspect logs", .enabled(if: hasSharedData, "the shared data is not beside the package"))
struct RealInspectLogTests {
  private let folder = sharedData + "/traces-inspect/"

  @Test("four samples, accuracy 0.75")
  func streaming() throws {
    let reading = try collect([folder + "log_streaming.eval"])
    #expect(reading.rows.count == 4)
    #expect(reading.scores.compactMap { $0 }.reduce(0, +) == 3)
    #expect(Set(reading.items) == ["1", "2"] && Set(reading.rows.compactMap(\.repetition)) == ["1", "2"])
  }

  @Test("the same run in both formats")
  func twins() throws {
    let archive = try collect([folder + "log_formats.eval"])
    let document = try collect([folder + "log_formats.json"])
    #expect(archive.rows.map(\.item) == document.rows.map(\.item))
    #expect(archive.scores == document.scores && archive.scores == [0])
    #expect(archive.rows.map(\.variant) == document.rows.map(\.variant))
  }

  @Test(
    "every log is read",
    arguments: [
      "mmlu-no-summary-choices.eval", "mmlu-summary-choices.eval", "log_read_sample.eval", "log_read_sample.json",
      "2024-11-05T13-31-45-05-00_input-task_8zXjbRzCWrL9GXiXo2vus9.json",
      "2024-11-05T13-32-37-05-00_input-task_hxs4q9azL3ySGkjJirypKZ.eval", "log_message_deduplication.eval",
      "log_tool_call_error.json",
    ])
  func readable(file: String) throws {
    let reading = try collect([folder + file])
    #expect(reading.rows.count == 1)
  }
}
