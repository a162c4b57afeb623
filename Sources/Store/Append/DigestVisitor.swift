import Records

/// Hashes what a record states.
struct DigestVisitor: FieldVisitor {
  let fields = CanonicalBytes(kind: .trial)

  func start(_ kind: RecordKind) { fields.reset(kind: kind) }

  func digest<Record: StorableRecord>(_ record: Record) throws -> SHA256Digest {
    start(Record.table.kind)
    var visitor = self
    try record.visit(&visitor)
    return fields.digest
  }

  func integer(_ value: Int64?) { fields.append(value) }
  func real(_ value: Double?) { fields.append(value.flatMap { $0.isNaN ? nil : $0 }) }
  func text(_ value: String?) { fields.append(value) }
  func identifier(_ value: String?) { fields.append(value?.identifier) }
  func term(_ value: String?) { fields.append(value?.identifier) }
  func bytes(_ value: [UInt8]?) { fields.append(value) }
  func digest(_ value: SHA256Digest?) {
    if let value { fields.append(value) } else { fields.appendAbsent() }
  }

  func series(_ value: TrialSeries) { value.append(to: fields) }
  func stamp(_ value: Instant) {}
}
