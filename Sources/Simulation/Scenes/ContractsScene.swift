internal import Records
internal import Statistics

/// Answers about contracts, for people who act on them: every answer with its sources, its claims and a link of a chain.
struct ContractsScene: Scene {
  /// Days of answers before the end of the quarter.
  static let days = 14
  private static let documents = (0..<8).map { "contract-\($0)" }
  private static let index = SuiteRun.sha256("contracts/index")

  private let plan: Plan
  private let quarter: Quarter
  private var generator: Xoshiro256StarStar
  private let daily: Int
  /// Answers so far.
  private var number = 0
  /// The last hash of the chain.
  private var hash = String(repeating: "0", count: 64)

  init(_ plan: Plan, quarter: Quarter, generator: Xoshiro256StarStar) {
    self.plan = plan
    self.quarter = quarter
    self.generator = generator
    daily = max(1, plan.weeklySpans / 7)
  }

  mutating func records(on day: Int) -> [Record] {
    let first = quarter.days - Self.days
    guard day >= first else { return day == 0 ? sources : [] }
    let records = (0..<daily).flatMap { answer(on: day, Double($0)) }
    return day == quarter.days - 1 ? records + [.annotation(served(since: first))] : records
  }

  /// What answers are made of, and can be made again from.
  private var sources: [Record] {
    func artifact(_ kind: String, _ name: String) -> ArtifactRecord {
      ArtifactRecord(
        sha256: SuiteRun.sha256("contracts/\(name)"), artifactKind: kind, name: name, at: quarter.moment(0, 0.1))
    }
    var index = artifact("index", "index")
    index.derivedFrom = Self.documents.map {
      ArtifactRecord.Origin(sha256: SuiteRun.sha256("contracts/\($0)"), how: "chunked")
    }
    let others = [
      artifact("prompt", "prompt"), artifact("other", "config"), artifact("model", "contracts-1"), index,
    ]
    return (others + Self.documents.map { artifact("document", $0) }).map(Record.artifact)
  }

  /// An answer with its two claims. One of 25 is wrong, and what would have been right was in its context.
  private mutating func answer(on day: Int, _ place: Double) -> [Record] {
    number += 1
    let id = "contracts-\(number)"
    var span = SpanRecord(
      spanID: id, traceID: "\(id)/trace", name: "chat contracts-1", spanKind: "chat",
      startedAt: quarter.moment(day, place / Double(daily)), feature: "contracts")
    span.promptSHA256 = SuiteRun.sha256("contracts/prompt")
    span.modelServed = "contracts-1"
    span.trafficCluster = "contracts"
    // On the bar one of twenty lacks its configuration: it can be made again, but not exactly.
    let isExact = plan.truth == .comfortable || number % 20 != 0
    span.configSHA256 = SuiteRun.sha256(isExact ? "contracts/config" : "contracts/lost-config")
    let isKept = plan.planted != .lostSnapshots || number % 10 != 0
    span.indexSHA256 = isKept ? Self.index : SuiteRun.sha256("contracts/overwritten-index")
    let first = generator.below(Self.documents.count)
    let found = (0..<3).map { Self.documents[(first + $0) % Self.documents.count] }
    span.retrieved = Attributes.text(
      .array(
        found.enumerated().map { rank, document in
          [
            "chunk_id": .string("\(document)/1"), "doc_id": .string(document),
            "doc_sha256": .string(SuiteRun.sha256("contracts/\(document)")), "in_context": true,
            "rank": .integer(Int64(rank + 1)),
          ]
        }))
    span.attributes = Attributes.text(["chain": link(id)])
    var records: [Record] = [.span(span)]
    let isUnsupported = plan.planted == .unsupportedClaims && number % 50 == 7
    for claim in 0..<2 {
      let isCited = claim == 0 || !isUnsupported
      records.append(
        judgement(
          "claim_support", on: "\(id)/claim-\(claim)", .label(isCited ? "entails" : "none"), by: "claim-judge",
          ["span": .string(id), "chunk_ids": isCited ? [.string("\(found[claim])/1")] : []], at: span.startedAt))
    }
    if number % 25 == 0 {
      records.append(judgement("correct", on: id, .label("false"), by: "ana", nil, at: span.startedAt))
      records.append(
        judgement("gold", on: id, .label(found[0]), by: "ana", ["doc_id": .string(found[0])], at: span.startedAt))
    }
    return records
  }

  /// The answer in the chain over all answers.
  private mutating func link(_ id: String) -> JSONValue {
    let record: JSONValue = ["answer_id": .string(id), "output_sha256": .string(SuiteRun.sha256("\(id)/output"))]
    hash = SuiteRun.sha256(hash + (Attributes.text(record) ?? ""))
    // Somebody rewrote an answer after it was given.
    let isEdited = plan.planted == .editedAnswer && number == 100
    let shown: JSONValue =
      isEdited ? ["answer_id": .string(id), "output_sha256": .string(SuiteRun.sha256("\(id)/kinder"))] : record
    return ["index": .integer(Int64(number)), "record": shown, "sha256": .string(hash)]
  }

  private func judgement(
    _ name: String, on subject: String, _ value: AnnotationRecord.Value, by annotator: String, _ attributes: JSONValue?,
    at start: Instant
  ) -> Record {
    var annotation = AnnotationRecord(
      annotationID: "\(subject)/\(name)", subject: subject, name: name, value: value,
      annotatorKind: name == "claim_support" ? .llm : .human, annotator: annotator,
      at: Instant(nanoseconds: start.nanoseconds + 60_000_000_000))
    annotation.attributes = attributes.flatMap(Attributes.text)
    return .annotation(annotation)
  }

  /// How many answers the gateway served.
  private func served(since first: Int) -> AnnotationRecord {
    let lost = plan.planted == .unrecordedAnswers ? 3 : 0
    var annotation = AnnotationRecord(
      annotationID: "contracts/served", subject: "contracts", name: "answers_served",
      value: .number(Double(number + lost)),
      annotatorKind: .code, annotator: "gateway", at: quarter.moment(quarter.days - 1, 0.99))
    annotation.attributes = Attributes.text([
      "from": .string(quarter.date(first).description), "to": .string(quarter.date(quarter.days).description),
    ])
    return annotation
  }

  var declaration: Declaration {
    var declaration = Declaration()
    declaration.features = ["contracts: {policies: {answer-provenance: {high_stakes_features: [contracts]}}}"]
    return declaration
  }
}
