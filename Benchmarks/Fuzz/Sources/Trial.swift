import Intake
import Records

/// Reads inputs and counts what became of them.
struct Trial {
  let format: FileFormat?
  private(set) var accepted = 0
  private(set) var rows = 0
  /// Refused inputs by the words of their errors, without names and numbers.
  private(set) var refused: [String: Int] = [:]
  private var sink = TouchingSink()

  init(format: FileFormat?) { self.format = format }

  /// Reads one input and says what became of it.
  mutating func read(_ input: [UInt8], _ options: IntakeOptions) -> String {
    input.withUnsafeBytes { bytes in
      Guardian.begin(bytes)
      do {
        let source = try ByteSource(copying: bytes, name: "model/samples_task_2024-11-05T13-31-45.jsonl")
        // Every reader serves both, rows for a comparison and records for a ledger; but spans are no rows.
        if format != .otlpJSON, format != .otlpProtobuf {
          rows += try Intake.read(source, options: options, into: &sink).rows
        }
        var records = RecordOptions(now: Instant(nanoseconds: 0))
        records.suite = "suite"
        records.variant = "variant"
        records.reading = options
        rows += try Intake.readRecords(source, options: records, into: &sink).records
        accepted += 1
        return "accepted"
      } catch let error as IntakeError {
        refused[Self.kind(error.problem), default: 0] += 1
        return error.description
      } catch {
        refused["an error of another type: \(error)", default: 0] += 1
        return "\(error)"
      }
    }
  }

  /// Without what differs from input to input: quotations, numbers, and all behind the first clause.
  private static func kind(_ problem: String) -> String {
    var kind = ""
    var isQuoted = false
    for character in problem.prefix(60) {
      if character == "\"" || character == "'" { isQuoted.toggle() }
      if character == "," || character == ":" { break }
      if !isQuoted, !character.isNumber { kind.append(character) }
    }
    return kind
  }

  /// How many sets of options there are.
  static let optionSets = 7

  /// What a user may have asked for, so that those paths are taken too.
  static func options(_ set: Int, _ format: FileFormat?) -> IntakeOptions {
    var options = IntakeOptions()
    options.format = format
    // These options choose among trials, and would be refused.
    if format == .otlpJSON || format == .otlpProtobuf { return options }
    switch set {
    case 1:
      options.cluster = "topic"
      options.slices = ["level", "hard"]
    case 2: options.metric = "quality"
    case 3: options.metric = "acc_norm"
    case 4 where format != .promptfoo: options.scorer = "rubric"
    case 4:
      options.metric = "score"
      options.provider = "openai:b"
    case 5 where format == .inspectArchive || format == .inspectDocument:
      options.scorer = "rubric"
      options.metric = "tone"
    case 6 where format == .csv || format == .tsv || format == .jsonLines || format == .jsonArray:
      options.moreItems = ["topic"]
      options.probabilities = ["score"]
      options.expected = "level"
    default: break
    }
    return options
  }
}

/// Reads every byte that a reader hands out: a text that points to memory which is gone would show.
struct TouchingSink: TrialSink, RecordSink {
  private(set) var sum: UInt64 = 0

  mutating func receive(_ row: borrowing TrialRow) throws {
    touch(row.item)
    for text in [
      row.suite, row.variant, row.repetition, row.prediction, row.judgeRepeat, row.cluster, row.configuration,
    ] {
      if let text { touch(text) }
    }
    for slice in row.slices {
      if let slice { touch(slice) }
    }
    if let score = row.score { precondition(score.isFinite, "a score that is not finite was handed out") }
    if let cost = row.cost { precondition(cost.isFinite, "a cost that is not finite was handed out") }
    if let tokens = row.tokens { precondition(tokens.isFinite, "a token count that is not finite was handed out") }
  }

  mutating func receive(_ record: Record) throws {
    switch record {
    case .trial(let record): touch(record)
    case .annotation(let record): sum &+= UInt64(record.annotationID.utf8.count)
    case .artifact(let record): sum &+= UInt64(record.name.utf8.count)
    case .span(let record): sum &+= UInt64(record.spanID.utf8.count)
    case .change(let record): sum &+= UInt64(record.actor.utf8.count)
    case .finding, .waiver: preconditionFailure("no reader makes findings or waivers")
    case .charge, .run, .item, .attempt, .receipt, .lease, .heartbeat, .incident, .decision, .cost:
      sum &+= UInt64(bitPattern: record.time.nanoseconds)
    }
  }

  private mutating func touch(_ record: TrialRecord) {
    for number in [record.score, record.confidence, record.latencyMilliseconds] {
      if let number { precondition(number.isFinite, "a number that is not finite was handed out") }
    }
    for text in [record.suite, record.item, record.variant, record.tags.canonical, record.attributes ?? ""] {
      sum = sum &* 31 &+ UInt64(text.utf8.count)
    }
  }

  private mutating func touch(_ text: BorrowedText) {
    for byte in text.bytes { sum = sum &* 31 &+ UInt64(byte) }
    // Texts are promised to be UTF-8.
    precondition(String(validating: text.bytes, as: UTF8.self) != nil, "a text that is not UTF-8 was handed out")
  }
}
