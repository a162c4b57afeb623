import Records

/// Hashes a record.
struct DigestVisitor: FieldVisitor {
  private var fields = CanonicalBytes(kind: .trial)

  mutating func digest<Record: StorableRecord>(_ record: Record) throws -> SHA256Digest {
    fields.reset(kind: Record.table.kind)
    try record.visit(&self)
    return fields.digest
  }

  mutating func integer(_ value: Int64?) { fields.append(value) }
  mutating func real(_ value: Double?) { fields.append(value) }
  mutating func text(_ value: String?) { fields.append(value) }
  mutating func term(_ value: String?) { fields.append(value) }
  mutating func bytes(_ value: [UInt8]?) { fields.append(value) }

  mutating func series(_ value: TrialSeries) {
    fields.append(value.suite)
    fields.append(value.suiteVersion)
    fields.append(value.variant)
    fields.append(value.metric)
    fields.append(value.configSHA256)
    fields.append(value.subjectSHA256)
    fields.append(value.judge)
  }
}
