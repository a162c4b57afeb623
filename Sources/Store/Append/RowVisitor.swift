import Records

/// Puts a record's fields into the columns of a batch and into the bytes that are hashed.
struct RowVisitor: FieldVisitor {
  let batch: RowBatch
  let terms: Terms
  let digest = DigestVisitor()

  /// SQLite takes texts up to 10⁹ bytes.
  private static let longestText = 1_000_000_000

  func integer(_ value: Int64?) {
    digest.integer(value)
    batch.append(value)
  }

  func real(_ value: Double?) throws {
    if let value, value.isInfinite { throw Refusal(reason: "it is infinite") }
    let value = value.flatMap { $0.isNaN ? nil : $0 }
    digest.real(value)
    batch.append(value)
  }

  func text(_ value: String?) throws {
    if let value, value.utf8.count > RowVisitor.longestText { throw Refusal(reason: "it is longer than 10⁹ bytes") }
    digest.text(value)
    batch.append(value)
  }

  func identifier(_ value: String?) throws { try text(value?.identifier) }

  func term(_ value: String?) throws {
    let value = value?.identifier
    digest.text(value)
    batch.append(try value.map { try terms.id($0, column: batch.cursor) })
  }

  func bytes(_ value: [UInt8]?) {
    digest.bytes(value)
    batch.append(value)
  }

  func digest(_ value: SHA256Digest?) {
    digest.digest(value)
    if let value { batch.append(value) } else { batch.append(bytes: nil) }
  }

  func series(_ value: TrialSeries) throws {
    digest.series(value)
    batch.append(try terms.id(value))
  }

  func stamp(_ value: Instant) { batch.append(value.nanoseconds) }
}
