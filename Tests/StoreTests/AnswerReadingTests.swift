import Records
import Store
import Testing

/// What checks of answers ask of the ledger, on every engine.
@Suite struct AnswerReadingTests {
  private static let at = Instant(nanoseconds: 1_600_000_000_000_000_000)

  private func read<Result: Sendable>(
    _ engine: EngineUnderTest, _ append: @Sendable (Appender) throws -> Void,
    _ body: @Sendable (Snapshot) throws -> Result
  ) async throws -> Result {
    let folder = TemporaryFolder()
    let ledger = try await Ledger(engine: engine.open(folder.path)) { Instant(nanoseconds: 1_700_000_000_000_000_000) }
    try await ledger.append(source: "test", append)
    let result = try await ledger.read(body)
    try ledger.close()
    return result
  }

  private static func span(_ number: Int, _ feature: String, attributes: String? = nil, retrieved: String? = nil)
    -> SpanRecord
  {
    var span = SpanRecord(
      spanID: "\(number)", traceID: "t", name: "n", spanKind: "chat", startedAt: at, feature: feature)
    (span.attributes, span.retrieved) = (attributes, retrieved)
    return span
  }

  @Test(arguments: EngineUnderTest.all)
  func featuresAreSeenAmongTheNewestSpans(engine: EngineUnderTest) async throws {
    let found = try await read(engine) { appender in
      try appender.append(Self.span(1, "old", attributes: #"{"steps":[]}"#, retrieved: "[]"))
      try appender.append(Self.span(2, "b", attributes: #"{"steps":[]}"#))
      try appender.append(Self.span(3, "a", attributes: #"{"steps":[],"x":1}"#, retrieved: #"[{"rank":1}]"#))
      try appender.append(Self.span(4, "a", attributes: #"{"steps":2}"#))
      try appender.append(Self.span(5, "c", attributes: #"{"step":"steps"}"#))
    } _: { snapshot in
      [
        try snapshot.recentFeatures(with: .attribute("steps")), try snapshot.recentFeatures(with: .retrieval),
        try snapshot.recentFeatures(with: .attribute("steps"), amongNewest: 4),
        try snapshot.recentFeatures(with: .retrieval, amongNewest: 3),
        try snapshot.recentFeatures(with: .retrieval, amongNewest: 2),
      ]
    }
    // A value is taken for a key: a feature too many is asked about, none is lost.
    #expect(found == [["a", "b", "c", "old"], ["a", "old"], ["a", "b", "c"], ["a"], []])
  }

  @Test(arguments: EngineUnderTest.all)
  func featuresAreSeenByTheirModels(engine: EngineUnderTest) async throws {
    let found = try await read(engine) { appender in
      for (number, model) in ["x", "y", nil, "z"].enumerated() {
        var span = Self.span(number, "f\(number)")
        span.modelServed = model
        try appender.append(span)
      }
    } _: { snapshot in
      [["x", "z", "unheard of"], ["y"], ["unheard of"], []].map {
        (try? snapshot.recentFeatures(with: .served($0))) ?? ["?"]
      }
    }
    #expect(found == [["f0", "f3"], ["f1"], [], []])
  }

  @Test(arguments: EngineUnderTest.all)
  func versionsOfArtifactsWithTheAttributesAskedFor(engine: EngineUnderTest) async throws {
    func artifact(_ sha: String, _ kind: String, _ name: String, _ attributes: String?) -> ArtifactRecord {
      var artifact = ArtifactRecord(sha256: sha, artifactKind: kind, name: name, at: Self.at)
      artifact.attributes = attributes
      return artifact
    }
    let records = [
      artifact("1", "document", "a", #"{"valid_to":"x"}"#), artifact("2", "document", "a", #"{"other":1}"#),
      artifact("3", "document", "b", nil), artifact("1", "index", "i", #"{"valid_to":"x"}"#),
    ]
    let (all, naming, bare, bySHA, byName) = try await read(engine) { appender in
      for record in records { try appender.append(record) }
    } _: { snapshot in
      var (all, naming, bare): ([ArtifactVersion], [ArtifactVersion], [ArtifactVersion]) = ([], [], [])
      try snapshot.forEachArtifactVersion(kind: "document", attributes: ["valid_to", "none"]) { all.append($0) }
      try snapshot.forEachArtifactVersion(kind: "document", attributes: ["none", "other"], onlyNaming: true) {
        naming.append($0)
      }
      try snapshot.forEachArtifactVersion(kind: "document", attributes: []) { bare.append($0) }
      return (
        all, naming, bare, try snapshot.artifacts(sha256: "1"), try snapshot.artifacts(kind: "document", name: "a")
      )
    }
    #expect(all.map(\.sha256) == ["1", "2", "3"] && all.map(\.attributes) == [#"{"valid_to":"x"}"#, nil, nil])
    #expect(naming.map(\.sha256) == ["2"] && naming[0].attributes == #"{"other":1}"# && naming[0].at == Self.at)
    #expect(bare.map(\.name) == ["a", "a", "b"] && bare.allSatisfy { $0.attributes == nil })
    #expect(bySHA.map(\.artifactKind) == ["document", "index"] && byName.map(\.sha256) == ["1", "2"])
  }
}
