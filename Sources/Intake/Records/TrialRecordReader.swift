import Records

/// Keys of a trial: RECORDS in the documentation of the native format.
enum TrialKey: Int, RecordKey {
  case suite, suiteVersion, itemId, variant, metric, `repeat`, predictionId, judgeRepeat, score, passed, clusterId
  case trafficCluster, tags, confidence, predicted, expected, subjectSha256, configSha256, judge, costUsd, latencyMs
  case inputTokens, outputTokens, at, attributes
  case recordId, ingestedAt, source, schemaVersion

  static var kind: RecordKind { .trial }
}

/// Makes trials of the fields of a native record.
struct TrialRecordReader {
  let fields: RecordFields<TrialKey>
  private var values: RecordValues<TrialKey>
  private let time: Instant?

  /// - Parameter time: of records that have none of their own.
  init(_ input: InputText, time: Instant?) {
    fields = RecordFields(input)
    values = RecordValues(fields)
    self.time = time
  }

  mutating func record() throws -> TrialRecord {
    guard let at = try values.time(.at) ?? time else { throw fields.missing(.at) }
    var record = TrialRecord(
      suite: try values.required(.suite), item: try values.required(.itemId), variant: try values.required(.variant),
      at: at)
    record.suiteVersion = try values.name(.suiteVersion)
    if let metric = try values.name(.metric) { record.metric = metric }
    record.repetition = try values.count(.repeat)
    record.prediction = try values.name(.predictionId)
    record.judgeRepeat = try values.count(.judgeRepeat)
    record.score = try values.real(.score)
    record.passed = try values.flag(.passed)
    record.cluster = try values.name(.clusterId)
    record.trafficCluster = try values.name(.trafficCluster)
    record.tags = try values.tags(.tags)
    record.confidence = try values.share(.confidence)
    record.predicted = try values.text(.predicted)
    record.expected = try values.text(.expected)
    record.subjectSHA256 = try values.sha256(.subjectSha256)
    record.configSHA256 = try values.digestOrName(.configSha256)
    record.judge = try values.name(.judge)
    record.cost = try values.dollars(.costUsd)
    record.latencyMilliseconds = try values.amount(.latencyMs)
    record.inputTokens = try values.count(.inputTokens)
    record.outputTokens = try values.count(.outputTokens)
    record.attributes = try values.object(.attributes)
    return record
  }
}
