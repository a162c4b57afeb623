public import Records

extension Snapshot {
  /// Hands out the current annotations of some names, oldest first.
  public func forEachAnnotation(
    named names: [String], _ body: (_ id: RecordID, _ record: AnnotationRecord) throws -> Void
  ) throws {
    for name in names {
      try forEachRecord(
        AnnotationRecord.self, where: "t.name = (SELECT id FROM term WHERE value = ?1)", [.text(name.identifier)],
        body)
    }
  }

  /// Hands out the current artifacts of a kind, oldest first.
  public func forEachArtifact(
    kind: String, _ body: (_ id: RecordID, _ record: ArtifactRecord) throws -> Void
  ) throws {
    try forEachRecord(
      ArtifactRecord.self, where: "t.artifact_kind = (SELECT id FROM term WHERE value = ?1)", [.text(kind.identifier)],
      body)
  }

  /// The artifact of a kind that has these bytes; nil where there is none. Of several descriptions the newest counts.
  public func artifact(kind: String, sha256: String) throws -> (id: RecordID, record: ArtifactRecord)? {
    var found: (id: RecordID, record: ArtifactRecord)?
    try forEachRecord(
      ArtifactRecord.self,
      where: "t.sha256 = ?1 AND t.artifact_kind = (SELECT id FROM term WHERE value = ?2)",
      [.text(sha256), .text(kind.identifier)]
    ) { id, record in
      if let known = found, known.record.at > record.at { return }
      found = (id, record)
    }
    return found
  }

  /// Hands out the changes, oldest row first.
  public func forEachChange(_ body: (_ id: RecordID, _ record: ChangeRecord) throws -> Void) throws {
    try forEachRecord(ChangeRecord.self) { try body($0, $1) }
  }

  /// Hands out the current trials of some series whole; for few trials, or those that a condition leaves.
  public func forEachTrialRecord(
    of series: [TrialSeriesSummary], _ body: (_ id: RecordID, _ record: TrialRecord) throws -> Void
  ) throws {
    for one in series {
      try forEachRecord(
        TrialRecord.self, where: "t.series = ?1", [.integer(one.id)], isUntouched: one.isUntouched, body)
    }
  }

  /// Earlier findings of a check on a subject, newest first. Not part of the inputs.
  public func findings(check: String, subject: String, limit: Int = 100) throws -> [Finding] {
    try unhashed(
      Finding.self,
      where: """
        t.check_id = (SELECT id FROM term WHERE value = ?1) AND t.subject = (SELECT id FROM term WHERE value = ?2)
        """, [.text(check.identifier), .text(subject.identifier)], order: "t.row DESC LIMIT \(limit)")
  }

  /// Findings computed since an instant, newest first. Not part of the inputs.
  public func findings(since: Instant, limit: Int = 100_000) throws -> [Finding] {
    try unhashed(
      Finding.self, where: "t.at >= ?1", [.integer(since.nanoseconds)], order: "t.row DESC LIMIT \(limit)")
  }

  /// The waivers that are not replaced, expired ones included. Not part of the inputs.
  public func waivers() throws -> [Waiver] { try unhashed(Waiver.self, order: "t.row") }
}
